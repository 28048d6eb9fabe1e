module wasmtrim/guest

go 1.22
