.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON := .venv/bin/python

.PHONY: help run test setup train lint types bench eval compare handbook clean

help: ## 列出命令
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: ## 准备环境，训练过期的模型，在 http://127.0.0.1:8000 启动全部服务
	@deploy/setup.sh app
	@deploy/train.sh
	@. deploy/environment.sh && exec $(PYTHON) -m deploy.serve

setup: ## 只准备开发环境
	@deploy/setup.sh dev

train: ## 只训练过期的模型
	@deploy/setup.sh app
	@deploy/train.sh

test: ## 准备环境并跑全部测试
	@deploy/setup.sh dev
	@deploy/train.sh
	@. deploy/environment.sh && $(PYTHON) -m pytest

lint: ## 代码和目录的静态检查
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/lint-imports && $(PYTHON) -m knowledge_base lint

types: ## 类型检查
	@.venv/bin/mypy

bench: ## 吞吐和延迟，与裸 Rasa 同一次运行相比
	@deploy/setup.sh app
	@deploy/train.sh
	@. deploy/environment.sh && $(PYTHON) -m tests.bench.throughput

eval: ## 用自己的留出问题评估（ARGS="--html FILE" 等，见 python -m knowledge_base eval --help）
	@. deploy/environment.sh && $(PYTHON) -m knowledge_base eval $(ARGS)

compare: ## 与其他做法在同一批问题上比较（ARGS="--without-rasa" 等，见 --help）
	@$(PYTHON) -m tests.compare $(ARGS)

handbook: ## 让浏览器测试重新拍员工手册里的图
	@. deploy/environment.sh && $(PYTHON) -m pytest tests/system/test_console_pages.py
	@for picture in var/screenshots/handbook-*.jpg; do cp "$$picture" "docs/handbook/images/$${picture##*handbook-}"; done

clean: ## 删除环境、模型和数据
	rm -rf .venv .venv-rasa var
