"""一乡一品产品基地: founding, records, notices."""
