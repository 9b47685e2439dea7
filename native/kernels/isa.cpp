// All kernels for one instruction set: compiled once for each, with its flags and TIDEGATE_ISA set to its name.
#include "activation.hpp"
#include "binary.hpp"
#include "cells.hpp"
#include "conv1d.hpp"
#include "dense.hpp"
#include "dropout.hpp"
#include "elementwise.hpp"
#include "embedding.hpp"
#include "losses.hpp"
#include "matmul.hpp"
#include "movement.hpp"
#include "normalizing.hpp"
#include "ordering.hpp"
#include "penalties.hpp"
#include "pooling.hpp"
#include "random.hpp"
#include "rectify.hpp"
#include "reduce.hpp"
#include "softmax.hpp"
#include "totals.hpp"
#include "updates.hpp"
#include "where.hpp"

#define TIDEGATE_TEXT_(x) #x
#define TIDEGATE_TEXT(x) TIDEGATE_TEXT_(x)
#define TIDEGATE_JOIN_(a, b) a##b
#define TIDEGATE_JOIN(a, b) TIDEGATE_JOIN_(a, b)

namespace tidegate {
namespace TIDEGATE_ISA {

// The same order in every table: a kernel is known by its place.
constexpr Kernel KERNELS[] = {
    {.name = "activation", .forward = activation_forward, .backward = activation_backward},
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
    {.name = "couple", .forward = couple_forward, .backward = couple_backward},
    {.name = "dense", .forward = dense_forward, .backward = dense_backward, .pack = dense_pack, .sizes = dense_sizes},
    {.name = "depthwise_conv1d", .forward = depthwise_conv1d_forward, .backward = depthwise_conv1d_backward},
    {.name = "dropout", .forward = dropout_forward, .backward = dropout_backward},
    {.name = "embedding", .forward = embedding_forward, .backward = embedding_backward},
    recurrent_kernel<GruCell>("gru"),
    stepwise_kernel<GruBeforeCell>("gru_before"),
    {.name = "layer_norm", .forward = layer_norm_forward, .backward = layer_norm_backward, .sizes = layer_norm_sizes},
    {.name = "l1_l2", .forward = l1_l2_forward, .backward = l1_l2_backward},
    {.name = "log_softmax", .forward = log_softmax_forward, .backward = log_softmax_backward},
    recurrent_kernel<LstmCell>("lstm"),
    {.name = "max_pool1d", .forward = max_pool1d_forward, .backward = max_pool1d_backward},
    {.name = "mean_absolute_error", .forward = mean_absolute_error_forward, .backward = mean_absolute_error_backward},
    {.name = "mean_share", .forward = mean_share_forward, .backward = mean_share_backward},
    {.name = "mean_squared_error", .forward = mean_squared_error_forward, .backward = mean_squared_error_backward},
    {.name = "random", .forward = random_forward},
    {.name = "rectify", .forward = rectify_forward, .backward = rectify_backward},
    {.name = "once", .forward = once_forward, .backward = once_backward},
    {.name = "orthogonality",
     .forward = orthogonality_forward,
     .backward = orthogonality_backward,
     .sizes = orthogonality_sizes},
    {.name = "ratio", .forward = ratio_forward, .backward = ratio_backward},
    {.name = "reshape", .forward = reshape_forward, .backward = reshape_backward},
    recurrent_kernel<SimpleCell>("simple_rnn"),
    {.name = "softmax", .forward = softmax_forward, .backward = softmax_backward},
    {.name = "sparse_categorical_accuracy", .forward = sparse_categorical_accuracy_forward},
    {.name = "sparse_categorical_crossentropy",
     .forward = sparse_categorical_crossentropy_forward,
     .backward = sparse_categorical_crossentropy_backward},
    {.name = "standardize", .forward = standardize_forward, .backward = standardize_backward},
    {.name = "take_steps", .forward = take_steps_forward, .backward = take_steps_backward},
    {.name = "weighted_sum", .forward = weighted_sum_forward, .backward = weighted_sum_backward},
    binary_kernel<Add>("add"),
    binary_kernel<Subtract>("subtract"),
    binary_kernel<Multiply>("multiply"),
    binary_kernel<Divide>("divide"),
    binary_kernel<Maximum>("maximum"),
    binary_kernel<Minimum>("minimum"),
    binary_kernel<Power>("power"),
    binary_kernel<Arctan2>("arctan2"),
    binary_kernel<Mod>("mod"),
    binary_kernel<FloorDivide>("floor_divide"),
    binary_kernel<Equal>("equal"),
    binary_kernel<NotEqual>("not_equal"),
    binary_kernel<Greater>("greater"),
    binary_kernel<GreaterEqual>("greater_equal"),
    binary_kernel<Less>("less"),
    binary_kernel<LessEqual>("less_equal"),
    binary_kernel<LogicalAnd>("logical_and"),
    binary_kernel<LogicalOr>("logical_or"),
    binary_kernel<LogicalXor>("logical_xor"),
    elementwise_kernel<Negative>("negative"),
    elementwise_kernel<AbsoluteValue>("absolute"),
    elementwise_kernel<Square>("square"),
    elementwise_kernel<Sqrt>("sqrt"),
    elementwise_kernel<Rsqrt>("rsqrt"),
    elementwise_kernel<Reciprocal>("reciprocal"),
    elementwise_kernel<Exp>("exp"),
    elementwise_kernel<Expm1>("expm1"),
    elementwise_kernel<Log>("log"),
    elementwise_kernel<Log1p>("log1p"),
    elementwise_kernel<Sin>("sin"),
    elementwise_kernel<Cos>("cos"),
    elementwise_kernel<Tan>("tan"),
    elementwise_kernel<Arctan>("arctan"),
    elementwise_kernel<Sinh>("sinh"),
    elementwise_kernel<Cosh>("cosh"),
    elementwise_kernel<Erf>("erf"),
    elementwise_kernel<Sign>("sign"),
    elementwise_kernel<Floor>("floor"),
    elementwise_kernel<Trunc>("trunc"),
    elementwise_kernel<Ceil>("ceil"),
    elementwise_kernel<Round>("round"),
    elementwise_kernel<LogicalNot>("logical_not"),
    elementwise_kernel<IsNan>("isnan"),
    elementwise_kernel<IsFinite>("isfinite"),
    elementwise_kernel<StopGradient>("stop_gradient"),
    {.name = "transpose", .forward = transpose_forward, .backward = transpose_backward},
    {.name = "cut", .forward = cut_forward, .backward = cut_backward},
    {.name = "pad", .forward = pad_forward, .backward = pad_backward},
    {.name = "broadcast_to", .forward = broadcast_to_forward, .backward = broadcast_to_backward},
    {.name = "matmul", .forward = matmul_forward, .backward = matmul_backward, .sizes = matmul_sizes},
    {.name = "where", .forward = where_forward, .backward = where_backward},
    {.name = "cumsum", .forward = cumsum_forward, .backward = cumsum_backward},
    {.name = "argsort", .forward = argsort_forward, .sizes = argsort_sizes},
    {.name = "take_along_axis", .forward = take_along_axis_forward, .backward = take_along_axis_backward},
    {.name = "cast", .forward = cast_forward},
    {.name = "codes", .forward = codes_forward},
    {.name = "argmax", .forward = argmax_forward},
    {.name = "argmin", .forward = argmin_forward},
    {.name = "sum", .forward = sum_forward, .backward = sum_backward},
    {.name = "mean", .forward = mean_forward, .backward = mean_backward},
    {.name = "max", .forward = max_forward, .backward = max_backward, .sizes = reduce_max_sizes},
    {.name = "min", .forward = min_forward, .backward = min_backward, .sizes = reduce_max_sizes},
    {.name = "zero_masked", .forward = zero_masked_forward, .backward = zero_masked_backward},
};

constexpr Update UPDATES[] = {{"adadelta", adadelta},
                              {"adafactor", adafactor},
                              {"adagrad", adagrad},
                              {"adam", adam},
                              {"adamax", adamax},
                              {"average", average},
                              {"bounded_norm", bounded_norm},
                              {"ftrl", ftrl},
                              {"lamb", lamb},
                              {"lion", lion},
                              {"muon", muon},
                              {"nadam", nadam},
                              {"non_neg", non_neg},
                              {"rmsprop", rmsprop},
                              {"schedule_free_adamw", schedule_free_adamw},
                              {"sgd", sgd},
                              {"weight_decay", weight_decay}};

}  // namespace TIDEGATE_ISA

const KernelTable& TIDEGATE_JOIN(kernels_, TIDEGATE_ISA)() {
    using namespace TIDEGATE_ISA;
    static constexpr KernelTable table = {
        TIDEGATE_TEXT(TIDEGATE_ISA),        LANES,       KERNELS, sizeof KERNELS / sizeof KERNELS[0], UPDATES,
        sizeof UPDATES / sizeof UPDATES[0], activate_all};
    return table;
}

}  // namespace tidegate
