// A guest written from WebAssembly/wasi-nn's wasi-nn.witx of October 2024 and the WITX ABI alone. It
// reads a model from standard input, which gives the f32 of shape (1, n) that it is given, and which
// the host knows as "add", too. It checks what the specification says of each function, and ends with
// the number of the line that found something else.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NN(name) __attribute__((import_module("wasi_ephemeral_nn"), import_name(#name)))

enum { success, invalid_argument, invalid_encoding, missing_memory, busy, runtime_error,
       unsupported_operation, too_large, not_found };
enum { f16, f32, f64, u8, i32, i64 };
enum { openvino, onnx, tensorflow, pytorch, tensorflowlite, autodetect };
enum { cpu, gpu, tpu };

// (typename $graph_builder (list u8)), (typename $graph_builder_array (list $graph_builder))
struct list { const void *of; uint32_t length; };
// (record (field $dimensions $tensor_dimensions) (field $type $tensor_type) (field $data $tensor_data))
struct tensor { struct list dimensions; uint8_t type; struct list data; };
_Static_assert(sizeof(struct tensor) == 20, "a record by the C ABI of wasm32");

NN(load) int32_t load(const struct list *builders, uint32_t count, uint32_t encoding,
                      uint32_t target, uint32_t *graph);
NN(load_by_name) int32_t load_by_name(const char *name, uint32_t length, uint32_t *graph);
NN(init_execution_context) int32_t init_execution_context(uint32_t graph, uint32_t *context);
NN(set_input) int32_t set_input(uint32_t context, uint32_t index, const struct tensor *tensor);
NN(get_output) int32_t get_output(uint32_t context, uint32_t index, void *into, uint32_t most,
                                  uint32_t *written);
NN(compute) int32_t compute(uint32_t context);

static void check(int line, int found, int wanted) {
	if (found == wanted) return;
	fprintf(stderr, "line %d: %d, expected is %d\n", line, found, wanted);
	exit(1);
}
#define IS(call, wanted) check(__LINE__, (call), (wanted))

static void give(uint32_t context) {
	const float values[] = {0.5f, -1.0f, 3.0e38f};
	const uint32_t shape[] = {1, 3}, other[] = {3, 1};
	struct tensor tensor = {{shape, 2}, f32, {values, sizeof values}};
	float out[4] = {7, 7, 7, 7};
	uint32_t written = 0;
	IS(get_output(context, 0, out, sizeof out, &written), runtime_error);
	IS(set_input(context, 0, &tensor), success);
	IS(compute(context), success);
	IS(get_output(context, 0, out, sizeof values, &written), success);
	IS((int)written, (int)sizeof values);
	IS(memcmp(out, values, sizeof values), 0);
	IS(out[3] == 7, 1);
	IS(get_output(context, 0, out, sizeof values - 1, &written), too_large);
	IS(get_output(context, 1, out, sizeof out, &written), invalid_argument);
	IS(set_input(context, 1, &tensor), invalid_argument);
	tensor.type = i32;
	IS(set_input(context, 0, &tensor), invalid_argument);
	tensor.type = f32, tensor.dimensions.of = other;
	IS(set_input(context, 0, &tensor), invalid_argument);
	tensor.dimensions.of = shape, tensor.data.length = 8;
	IS(set_input(context, 0, &tensor), invalid_argument);
	tensor.data.of = (void *)0xFFFFFFF0u, tensor.data.length = 12;
	IS(set_input(context, 0, &tensor), invalid_argument);
	IS(set_input(context, 0, (void *)0xFFFFFFFCu), invalid_argument);
}

int main(void) {
	static uint8_t model[1 << 16];
	struct list builder = {model, (uint32_t)fread(model, 1, sizeof model, stdin)};
	struct list two[] = {builder, builder};
	uint32_t graph = 99, context = 99;
	IS(load(&builder, 1, onnx, cpu, &graph), success);
	IS(init_execution_context(graph, &context), success);
	give(context);
	// An accelerator that is not there is no error: the host says on what the model runs.
	IS(load(&builder, 1, autodetect, gpu, &graph), success);
	IS(load_by_name("add", 3, &graph), success);
	uint32_t second = 99;
	IS(init_execution_context(graph, &second), success);
	IS(second != context, 1);
	give(second);
	IS(load_by_name("sub", 3, &graph), not_found);
	IS(load(&builder, 1, tensorflow, cpu, &graph), invalid_encoding);
	IS(load(&builder, 1, 6, cpu, &graph), invalid_argument);
	IS(load(two, 2, onnx, cpu, &graph), invalid_argument);
	builder.length = 7;
	IS(load(&builder, 1, onnx, cpu, &graph), invalid_encoding);
	IS(init_execution_context(graph + 1, &context), invalid_argument);
	IS(compute(second + 1), invalid_argument);
	puts("all as the specification says");
	return 0;
}
