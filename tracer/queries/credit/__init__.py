"""农信指数: the index, its report, its history, ranking and advice."""
