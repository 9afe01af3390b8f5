# erde: `make` explains what can be done here.

PREFIX ?= /usr/local
CONFIGURATION ?= release
# Imports must go the way Package.swift says.
SWIFT_FLAGS = -c $(CONFIGURATION) --explicit-target-dependency-import-check error
ERDE = .build/$(CONFIGURATION)/erde
SECONDS_TO_FUZZ ?= 1800
STANDALONE = .build/standalone/$(CONFIGURATION)/erde
PACKAGES = libpng-dev libjpeg-dev libprotobuf-c-dev protobuf-c-compiler libdnnl-dev zlib1g-dev nettle-dev libarchive-dev libflatbuffers-dev

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
		awk -F'\t' '{ printf "  make %-16s %s\n", $$1, $$2 }'

.PHONY: deps
deps: ## Install the C libraries that are missing (apt; sudo when not root)
	@missing=""; for package in $(PACKAGES); do \
		dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q "ok installed" || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then sudo=""; else sudo="sudo"; fi; \
	echo "Installing$$missing with apt-get$${sudo:+ through sudo}" >&2; \
	$$sudo apt-get update -q >&2 && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing >&2

.PHONY: build
build: deps ## Build the program
	swift build $(SWIFT_FLAGS) --product erde

.PHONY: test
test: deps ## Build and run the tests
	swift build $(SWIFT_FLAGS) --build-tests
	swift build $(SWIFT_FLAGS) --product erde
	swift test $(SWIFT_FLAGS) --skip-build

FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?=

.PHONY: fuzz
fuzz: deps ## Run the readers of untrusted bytes on mutated files, FUZZ_SECONDS each
	bash Tests/Fuzz/run.sh $(FUZZ_SECONDS) $(FUZZ_TARGETS)

.PHONY: demo
demo: build ## Train, compress and classify the bundled images; a few minutes
	@bash samples/fashion/demo.sh $(ERDE) demo

.PHONY: interop
interop: build ## Check written files with the onnx package, ONNX Runtime and OpenVINO (needs Python)
	bash Tests/Interop/onednn3.sh
	bash Tests/Interop/run.sh $(ERDE)

.PHONY: fuzz-import
fuzz-import: deps ## Feed changed ONNX files to the importer for half an hour, under the address sanitizer
	bash Tests/Fuzz/import.sh $(SECONDS_TO_FUZZ)

.PHONY: lint
lint: ## Check the layout of all Swift sources, and that scripts can be executed
	swift format lint --strict --recursive Sources Tests Package.swift
	@for file in $$(git ls-files '*.sh' '*.py' .ci); do \
	    if [ "$$(head -c 3 "$$file" | tr -d '\0')" = '#!/' ] && [ ! -x "$$file" ]; then \
	        echo "error: $$file starts with #! and cannot be executed: chmod +x $$file" >&2; exit 1; \
	    fi; \
	done

.PHONY: check-docs
check-docs: build ## Fail when docs/commands.md is not what the program says
	docs/commands.sh $(ERDE) | diff docs/commands.md - || { echo "error: docs/commands.md is old: make docs" >&2; exit 1; }

.PHONY: format
format: ## Lay out all Swift sources
	swift format --in-place --recursive Sources Tests Package.swift

.PHONY: generate
generate: deps ## Generate C from the schemas
	sh schemas/generate.sh

.PHONY: check-generated
check-generated: deps ## Fail when the committed C is not what the schemas give
	sh schemas/generate.sh --check

MODEL ?= demo/student.pb
BUDGET ?= 4M
IMAGES ?= samples/fashion

.PHONY: bench
bench: standalone ## Measure speed; PEERS=python sets it beside PyTorch, ONNX Runtime, OpenVINO
ifdef PEERS
	$(PEERS) samples/benchmarks/compare.py --erde $(STANDALONE) --model $(MODEL) --budget $(BUDGET) --images $(IMAGES) \
		--results samples/benchmarks/results.jsonl --page docs/benchmarks.md
else
	$(STANDALONE) bench train --widths 16,32,64 --blocks 3 --size 32 --channels 3 --batch 128
	$(STANDALONE) bench train --arch preresnet:widths=16,32,64:blocks=1,1,1 --teacher preresnet-20x2 --size 28 --channels 1
	$(STANDALONE) bench decode $(IMAGES)
endif

.PHONY: docs
docs: build ## Write the commands' help into docs/commands.md
	bash docs/commands.sh $(ERDE) > docs/commands.md

# What is installed has Swift's own libraries inside: it starts sooner, and runs where there is no toolchain.
.PHONY: standalone
standalone: deps
	swift build $(SWIFT_FLAGS) --product erde --static-swift-stdlib --scratch-path .build/standalone

.PHONY: install
install: standalone ## Install erde, and compress as a second name for it, below PREFIX
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 $(STANDALONE) "$(DESTDIR)$(PREFIX)/bin/erde"
	ln -sf erde "$(DESTDIR)$(PREFIX)/bin/compress"

.PHONY: clean
clean: ## Remove what building and the demo made
	rm -rf .build demo .interop
