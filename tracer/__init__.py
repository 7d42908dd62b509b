"""农产品追溯与承诺达标合格证服务: producers promise, the records check it, anyone verifies it."""
