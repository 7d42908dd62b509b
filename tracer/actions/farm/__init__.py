"""What is grown and done: plots, products, inputs, works, batches and their papers."""
