// All kernels for one instruction set: compiled once for each, with its flags and TIDEGATE_ISA set to its name.
#include "activation.hpp"
#include "conv1d.hpp"
#include "dense.hpp"
#include "dropout.hpp"
#include "elementwise.hpp"
#include "embedding.hpp"
#include "gru.hpp"
#include "losses.hpp"
#include "lstm.hpp"
#include "movement.hpp"
#include "normalizing.hpp"
#include "pooling.hpp"
#include "random.hpp"
#include "rectify.hpp"
#include "simple_rnn.hpp"
#include "softmax.hpp"
#include "totals.hpp"
#include "updates.hpp"

#define TIDEGATE_TEXT_(x) #x
#define TIDEGATE_TEXT(x) TIDEGATE_TEXT_(x)
#define TIDEGATE_JOIN_(a, b) a##b
#define TIDEGATE_JOIN(a, b) TIDEGATE_JOIN_(a, b)

namespace tidegate {
namespace TIDEGATE_ISA {

// The same order in every table: a kernel is known by its place.
constexpr Kernel KERNELS[] = {
    {.name = "activation", .forward = activation_forward, .backward = activation_backward},
    {.name = "add", .forward = add_forward, .backward = add_backward},
    {.name = "average_pool1d", .forward = average_pool1d_forward, .backward = average_pool1d_backward},
    {.name = "batch_mean", .forward = batch_mean_forward, .backward = batch_mean_backward},
    {.name = "batch_variance", .forward = batch_variance_forward, .backward = batch_variance_backward},
    {.name = "binary_accuracy", .forward = binary_accuracy_forward},
    {.name = "binary_crossentropy", .forward = binary_crossentropy_forward, .backward = binary_crossentropy_backward},
    {.name = "categorical_accuracy", .forward = categorical_accuracy_forward},
    {.name = "categorical_crossentropy",
     .forward = categorical_crossentropy_forward,
     .backward = categorical_crossentropy_backward},
    {.name = "concatenate", .forward = concatenate_forward, .backward = concatenate_backward},
    {.name = "conv1d",
     .forward = conv1d_forward,
     .backward = conv1d_backward,
     .pack = conv1d_pack,
     .sizes = conv1d_sizes},
    {.name = "count", .forward = count_forward},
    {.name = "dense", .forward = dense_forward, .backward = dense_backward, .pack = dense_pack, .sizes = dense_sizes},
    {.name = "depthwise_conv1d", .forward = depthwise_conv1d_forward, .backward = depthwise_conv1d_backward},
    {.name = "dropout", .forward = dropout_forward, .backward = dropout_backward},
    {.name = "embedding", .forward = embedding_forward, .backward = embedding_backward},
    recurrent_kernel<GruCell>("gru"),
    {.name = "layer_norm", .forward = layer_norm_forward, .backward = layer_norm_backward, .sizes = layer_norm_sizes},
    {.name = "log_softmax", .forward = log_softmax_forward, .backward = log_softmax_backward},
    recurrent_kernel<LstmCell>("lstm"),
    {.name = "max_pool1d", .forward = max_pool1d_forward, .backward = max_pool1d_backward},
    {.name = "mean_absolute_error", .forward = mean_absolute_error_forward, .backward = mean_absolute_error_backward},
    {.name = "mean_squared_error", .forward = mean_squared_error_forward, .backward = mean_squared_error_backward},
    {.name = "multiply", .forward = multiply_forward, .backward = multiply_backward},
    {.name = "not_equal", .forward = not_equal_forward},
    {.name = "random", .forward = random_forward},
    {.name = "rectify", .forward = rectify_forward, .backward = rectify_backward},
    {.name = "repeat", .forward = repeat_forward, .backward = repeat_backward},
    {.name = "reshape", .forward = reshape_forward, .backward = reshape_backward},
    {.name = "reverse", .forward = reverse_forward, .backward = reverse_backward},
    {.name = "scale", .forward = scale_forward, .backward = scale_backward},
    recurrent_kernel<SimpleCell>("simple_rnn"),
    {.name = "softmax", .forward = softmax_forward, .backward = softmax_backward},
    {.name = "sparse_categorical_accuracy", .forward = sparse_categorical_accuracy_forward},
    {.name = "sparse_categorical_crossentropy",
     .forward = sparse_categorical_crossentropy_forward,
     .backward = sparse_categorical_crossentropy_backward},
    {.name = "standardize", .forward = standardize_forward, .backward = standardize_backward},
    {.name = "take_steps", .forward = take_steps_forward, .backward = take_steps_backward},
    {.name = "weighted_sum", .forward = weighted_sum_forward, .backward = weighted_sum_backward},
    {.name = "zero_masked", .forward = zero_masked_forward, .backward = zero_masked_backward},
};

constexpr Update UPDATES[] = {{"adam", adam}, {"rmsprop", rmsprop}, {"sgd", sgd}};

}  // namespace TIDEGATE_ISA

const KernelTable& TIDEGATE_JOIN(kernels_, TIDEGATE_ISA)() {
    using namespace TIDEGATE_ISA;
    static constexpr KernelTable table = {
        TIDEGATE_TEXT(TIDEGATE_ISA),        LANES,       KERNELS, sizeof KERNELS / sizeof KERNELS[0], UPDATES,
        sizeof UPDATES / sizeof UPDATES[0], activate_all};
    return table;
}

}  // namespace tidegate
