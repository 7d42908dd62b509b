# make run    开起来：装环境、建库、装演示数据、启动（端口 PORT，数据 TRACER_DATA）
# make test   全部测试          make soak   长时间的断电、压力与随机输入测试
# make bench  与同类的速度对比  make lint   格式、类型与分层检查      make lock  重新锁定依赖

PYTHON ?= python3
BIN := .venv/bin
TEST ?= tests
# Without kept bytecode every command compiles some 900 files before it starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run install test soak bench lint lock
.DELETE_ON_ERROR:

run: .venv/.installed-run
	@$(BIN)/tracer db upgrade
	@echo "正在装入演示数据 …"
	@$(BIN)/tracer demo load || true  # refuses, and says so, where somebody works for real
	@$(BIN)/tracer serve

install: .venv/.installed-run

test: .venv/.installed-test
	$(BIN)/python -m pytest -n auto -m "not soak" $(TEST)

soak: .venv/.installed-test
	$(BIN)/python -m pytest -m soak -p no:randomly --timeout 7200 tests

bench: .venv/.installed-test
	@for one in bench/[a-z]*.py; do $(BIN)/python -m bench.$$(basename $$one .py) || exit 1; done

lint: .venv/.installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: .venv/.installed-test
	$(BIN)/uv pip compile -q --upgrade $(LOCK) pyproject.toml --group install -o requirements.txt
	$(BIN)/uv pip compile -q --upgrade $(LOCK) -c requirements.txt dev.in -o requirements-dev.txt
LOCK := --universal --python-version 3.11 --generate-hashes --no-header

# uv installs in seconds what takes pip half a minute; where it cannot be had, pip does the same.
WHAT_run := -r requirements.txt
WHAT_test := -r requirements.txt -r requirements-dev.txt
.venv/.installed-%: requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "需要 Python 3.11 或更新")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "正在安装依赖，只在第一次或依赖更新后需要 …"
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -qq uv 2>/dev/null || true
	@VIRTUAL_ENV=.venv UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip install -q --require-hashes $(WHAT_$*) \
	    || $(BIN)/python -m pip install -q --require-hashes $(WHAT_$*)
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation --no-index -e . \
	    --config-settings editable_mode=compat
	@touch $@
