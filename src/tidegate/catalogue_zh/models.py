"""What models say of data, targets and how they are called, in Chinese."""

TEXTS: dict[str, str] = {
    # what a proposal is made of
    "{way} gives {shape}": "{way} 得到 {shape}",
    "{way} with `{code}`": "{way}，并配合 `{code}`",
    "{way} with {other}": "{way}，并配合 {other}",
    "{way} if {when}": "{way}（如果{when}）",
    "{way} and {instead}": "{way}，同时 {instead}",
    "{text}. Instead: {instead}.": "{text}。建议：{instead}。",
    "{layer} {grown}": "{layer} {grown}",
    "{layer} with {code}": "{code} 的 {layer}",
    ". ": "。",
    "`{code}` on {who}": "给 {who} 加上 `{code}`",
    "`{code}` in place of {who}": "用 `{code}` 代替 {who}",
    "`{code}` on top of {who}": "在 {who} 之上加 `{code}`",
    "`{code}` as the last layer": "用 `{code}` 作最后一层",
    "{code} on one": "给其中一个写上 {code}",
    "{loss} on {who}": "{who} 上的 {loss}",
    "output '{name}'": "输出 '{name}'",
    "the last recurrent layer": "最后一个循环层",
    "{argument} of {function}": "{function} 的 {argument}",
    "{argument} of a {kind}": "对 {kind} 使用 {argument}",
    "inputs": "输入",
    "outputs": "输出",
    "targets": "目标",
    # arguments
    "{name} to be a whole number of at least 1": "{name} 为不小于 1 的整数",
    "{name} to be a whole number": "{name} 为整数",
    "model_from_yaml needs PyYAML; write: pip install pyyaml": "model_from_yaml 需要 PyYAML；请运行：pip install pyyaml",
    # data that are no numbers
    "an array": "一个数组",
    "an array of numbers": "由数字组成的数组",
    "an array of arrays": "由数组组成的数组",
    "one row for each sample": "每个样本一行",
    "a single number": "单个数字",
    "np.asarray(...); data that comes in batches brings its targets: fit(batches)": (
        "np.asarray(...)；按批次给出的数据自带目标：fit(batches)"
    ),
    "samples of one length": "长度相同的样本",
    "a list whose rows differ in length": "一个各行长短不一的列表",
    "one list of numbers for each sample": "每个样本一个数字列表",
    "rows of {low} to {high} timesteps": "各行有 {low} 到 {high} 个时间步",
    "{way}, zeros in front, with `Embedding({n}, 16, mask_zero=True)` for codes": (
        "如果是编码：{way}（前面补零），并配合 `Embedding({n}, 16, mask_zero=True)`"
    ),
    "{codes}; {steps} with `Masking(0.0)` first for measurements": (
        "{codes}；如果是测量值：{steps}，并以 `Masking(0.0)` 作第一层"
    ),
    "{way}, zeros in front; `Masking(0.0)` first passes over them": "{way}，前面补零；以 `Masking(0.0)` 作第一层会跳过它们",
    "pass {name}": "请给出 {name}",
    "None at position {at}": "位置 {at} 处是 None",
    "{way} to fill the gaps with 0": "{way} 用 0 填补缺口",
    "{way} to fill the gaps with 0; {ways}": "{way} 用 0 填补缺口；{ways}",
    "dtype object, with dates as {first}": "dtype object，里面是日期，如 {first}",
    "the columns that are numbers": "只取数字列",
    "durations": "时长",
    "{both} for both parts as features; {size}": "{both} 把实部和虚部都作为特征；{size}",
    "{way} counts days; {aside}": "{way} 以天计数；{aside}",
    "a date says little to a network: `tidegate.frame(table, dates='...')` keeps it aside": (
        "日期本身对网络没有多大意义：`tidegate.frame(table, dates='...')` 会把它放在一边"
    ),
    "text, {text!r} at position {at}": "文字：位置 {at} 处是 {text!r}",
    "{way} codes the text as whole numbers; or drop that column": "{way} 把文字编成整数；或去掉该列",
    "{way}, as the text is numbers": "{way}，因为这些文字其实是数字",
    # samples
    "X and y with one row for each sample": "X 和 y 都是每个样本一行",
    "X of {x} samples and y of {y}": "X 有 {x} 个样本，y 有 {y} 个",
    "the last rows of {more} have no {fewer}": " {more} 的最后几行没有对应的 {fewer}",
    "the first have none": "最前面几行没有",
    "{way}, as each sample has a row": "{way}，因为每个样本占一行",
    "at least one sample": "至少一个样本",
    "X of shape {shape}, without samples": "X 的形状为 {shape}，没有样本",
    "look at X.shape where the data is made": "在生成数据的地方看看 X.shape",
    "{name} of shape {got}, without numbers": "{name} 的形状为 {got}，里面没有数字",
    "as many samples in each input": "各输入的样本数相同",
    "{n} in '{name}' and {m} in '{other}'": "'{name}' 有 {n} 个，'{other}' 有 {m} 个",
    "validation_split between 0 and 1": "validation_split 在 0 和 1 之间",
    "samples on both sides of validation_split": "validation_split 两边都有样本",
    "{share} of {rows} samples": "{rows} 个样本的 {share}",
    "a larger share or more data": "更大的比例，或更多的数据",
    "{name} without gaps, as one NaN makes all weights NaN": "{name} 没有缺口，因为一个 NaN 就会让所有权重变成 NaN",
    "{value} at {at}": "{at} 处是 {value}",
    "`keep = {rows}` and `X[keep]`, `y[keep]` to drop these samples": (
        "`keep = {rows}`，再用 `X[keep]`、`y[keep]` 去掉这些样本"
    ),
    # codes
    "codes from 0 to {last}": "从 0 到 {last} 的编码",
    "whole-number codes": "整数编码",
    "{value} in {name} at {at}": "{name} 在 {at} 处有 {value}",
    "{name} with NaN at {at}": "{name} 在 {at} 处是 NaN",
    "{way} where 0 is a gap": "{way}，如果 0 表示缺口",
    "{way} into the next layer, without the Embedding, as these are measurements": (
        "{way}，直接送入下一层，不要 Embedding，因为这些是测量值"
    ),
    "`input_dim={n}`, one more than the largest code": "`input_dim={n}`，比最大的编码多一",
    "{way} where no 0 stands for padding; or `input_dim={n}`": "{way}，如果没有用 0 表示填充；或 `input_dim={n}`",
    "{way} with `input_dim={n}`, as codes count from 0": "{way}，并配合 `input_dim={n}`，因为编码从 0 数起",
    "{instead}; or {way} where -1 is padding": "{instead}；或 {way}，如果 -1 是填充",
    # the shape of an input
    "{name} with {rank} axes, not {count}": "{name} 应有 {rank} 个轴，而不是 {count} 个",
    "{way}, as each number is a code": "{way}，因为每个数是一个编码",
    "it is one-hot": "它是 one-hot",
    "{way}, as this is one sample": "{way}，因为这是一个样本",
    "{one}, as this is one sample; of many samples take `batch[[i]]`, not `batch[i]`": (
        "{one}，因为这是一个样本；从许多样本里取一个要写 `batch[[i]]`，而不是 `batch[i]`"
    ),
    "{way}, as this is one sample of {n} timesteps": "{way}，因为这是一个有 {n} 个时间步的样本",
    "{way}, as timesteps come before features": "{way}，因为时间步在特征之前",
    "{way}, as samples have one axis": "{way}，因为样本只占一个轴",
    "the last steps are enough": "最后几步就够了",
    "its columns are timesteps": "各列是时间步",
    "each number is a measurement": "每个数是一个测量值",
    "they are features of one step": "它们是同一步的特征",
    "each row holds all steps of a sample": "每行含一个样本的所有时间步",
    "`Embedding({kinds}, {vector})` as the first layer gives {shape}": (
        "以 `Embedding({kinds}, {vector})` 作第一层得到 {shape}"
    ),
    "{table} if each number is a code; or one-hot, {hot}; {one}": "如果每个数是编码：{table}；或用 one-hot：{hot}；{one}",
    "windows of a table first: tidegate.frame(table, look_back={t})": (
        "先把表切成窗口：tidegate.frame(table, look_back={t})"
    ),
    "windows of the series first, with their targets, by `tidegate.frame({name}, look_back={t})`; alone, {cut}": (
        "先把序列切成窗口：`tidegate.frame({name}, look_back={t})` 连同目标一起切；只切窗口：{cut}"
    ),
    # the shape of a target
    "softmax over a single one, which is always 1": "只对一个单元做 softmax，结果恒为 1",
    "two units or more under softmax": "softmax 之下有两个或更多单元",
    "one unit, whose share of the sum is always 1": "只有一个单元，它占总和的比例恒为 1",
    "a unit for each class": "每个类别一个单元",
    "`loss='binary_crossentropy'` for yes or no; {two} for one-hot targets": (
        "是或否用 `loss='binary_crossentropy'`；one-hot 目标则{two}"
    ),
    "{one} if y is a measurement; {other} for a share": "如果 y 是测量值：{one}；如果是比例：{other}",
    "y is a measurement": "y 是测量值",
    "y is one-hot": "y 是 one-hot",
    "y holds classes": "y 里是类别",
    "y holds {n} classes": "y 里有 {n} 个类别",
    "one whole number for each position, y {shape}": "每个位置一个整数，y {shape}",
    "one-hot targets, y {shape}": "one-hot 目标，y {shape}",
    "`loss='{classes}'` for classes as whole numbers; {hot}": "类别是整数时用 `loss='{classes}'`；{hot}",
    "y of the output's shape {shape}": "y 与输出形状相同：{shape}",
    "{way} for one class a sample": "每个样本一个类别：{way}",
    "{way} for a class at each step; `y[:, -1]` for the last one": "每一步一个类别：{way}；只要最后一步：`y[:, -1]`",
    "y with one class for each position": "y 的每个位置一个类别",
    "{way}, as y has one number at each of {steps} steps": "{way}，因为 y 在 {steps} 步的每一步有一个数",
    "{way} for one target a sample": "每个样本一个目标：{way}",
    "and the Dense without TimeDistributed around it": "并去掉 Dense 外面的 TimeDistributed",
    "or a target at each step, y {shape}": "或每一步一个目标，y {shape}",
    "{way}, as timesteps come before outputs": "{way}，因为时间步在输出之前",
    "the first outputs are meant": "要的是前几个输出",
    "the last steps are meant": "要的是最后几步",
    "{way} for a target at each step": "每一步一个目标：{way}",
    "{way} for the last step alone": "只要最后一步：{way}",
    "{way} for a number at each step": "每一步一个数：{way}",
    "{way} for {n} numbers at the end": "最后给出 {n} 个数：{way}",
    "{way} for the first {n} of {all} outputs alone": "{all} 个输出里只要前 {n} 个：{way}",
    "a target or a last layer of the other's shape": "让目标与最后一层的形状一致",
    # the numbers of a target
    "whole-number classes": "整数类别",
    "{bad:g} in y": "y 里有 {bad:g}",
    "{value} in y, whose classes run from {low} to {high}": "y 里有 {value}，它的类别从 {low} 到 {high}",
    "targets from 0 to 1": "0 到 1 之间的目标",
    "y from {low:g} to {high:g}": "y 从 {low:g} 到 {high:g}",
    "{way}, one unit for each class": "{way}，每个类别一个单元",
    "{way}, one unit for each class; {yes}": "{way}，每个类别一个单元；{yes}",
    "{way}, as classes are counted from 0": "{way}，因为类别从 0 数起",
    "{way}, as classes are counted from 0 (y holds {low:g} and {high:g})": (
        "{way}，因为类别从 0 数起（y 里是 {low:g} 和 {high:g}）"
    ),
    "{way} counts the classes from 0": "{way} 让类别从 0 数起",
    "{inverse}, with {way}": "{inverse}，并{way}",
    "{way}, as there are two kinds": "{way}，因为只有两种值",
    "targets of the output's shape": "与输出形状相同的目标",
    "targets of the output's shape, which {name} takes": "与输出形状相同的目标，{name} 需要这样的",
    "classes as whole numbers": "整数类别目标",
    "classes as whole numbers, which {name} takes": "整数类别目标，{name} 需要这样的",
    # weights of samples and classes
    "sample_weight with {rows} rows, as y has": "sample_weight 与 y 一样有 {rows} 行",
    "finite sample_weight": "有限的 sample_weight",
    "NaN or infinity": "NaN 或无穷大",
    "the last ones belong to no sample": "最后几个不属于任何样本",
    "there is one for each class": "每个类别一个",
    "`X[:{count}]` and `y[:{count}]` if the last samples have none": (
        "`X[:{count}]` 和 `y[:{count}]`（如果最后几个样本没有权重）"
    ),
    "one weight for each sample": "每个样本一个权重",
    "one weight for each sample, or for each step": "每个样本一个权重，或每一步一个权重",
    "class_weight as a dict": "class_weight 为字典",
    "class_weight for a model of one output": "class_weight 只用于单输出的模型",
    "targets of shape {shape}": "目标的形状为 {shape}",
    "one class for each sample with class_weight": "使用 class_weight 时每个样本一个类别",
    "sample_weight for each step": "每一步的 sample_weight",
    # a model and its parts
    "a model": "一个模型",
    "a loss": "一个损失",
    "a shape with the samples in front": "样本在最前的形状",
    "{kind} '{name}' has no layers. Instead: model.add(LSTM(32, input_shape=(10, 1))).": (
        "{kind} '{name}' 没有层。建议：model.add(LSTM(32, input_shape=(10, 1)))。"
    ),
    "'{name}' has no input shape yet. Instead: input_shape=(timesteps, features) on its first layer.": (
        "'{name}' 还没有输入形状。建议：给第一层加上 input_shape=(timesteps, features)。"
    ),
    "{verb} expects weights, which '{name}' has once its input shape is known. Instead: "
    "input_shape=(timesteps, features) on its first layer, or build((None, 10, 1)).": (
        "{verb} 需要权重，而 '{name}' 要在知道输入形状之后才有权重。建议：给第一层加上 input_shape=(timesteps, features)，"
        "或 build((None, 10, 1))。"
    ),
    "{verb} expects weights to train; all layers of '{name}' have trainable=False.": (
        "{verb} 需要可训练的权重；'{name}' 的所有层都是 trainable=False。"
    ),
    "{verb} expects a compiled model. Instead: model.compile('adam', loss='mse') first.": (
        "{verb} 需要编译过的模型。建议：先写 model.compile('adam', loss='mse')。"
    ),
    "`trainable` was changed in '{name}' after compile; it counts from the next compile on": (
        "'{name}' 的 `trainable` 在 compile 之后改过；从下一次 compile 起才生效"
    ),
    "{method}() of its own in {name}": "{name} 里自己的 {method}()",
    "a model whose steps are recorded from its call": "步骤由它的 call 记录下来的模型",
    "a loss or metric as a function in compile, or add_loss in call": (
        "把损失或指标写成函数交给 compile，或在 call 里用 add_loss"
    ),
    "compile(loss=...), or add_loss in a layer": "compile(loss=...)，或在某一层里用 add_loss",
    "loss_weights as numbers": "loss_weights 为数字",
    "X and y": "X 和 y",
    "X alone": "只有 X",
    "{count} outputs": "{count} 个输出",
    "{what} for {count} outputs, {names}": "{count} 个输出（{names}）的 {what}",
    "{what} for 1 output, {names}": "1 个输出（{names}）的 {what}",
    "{what} for the outputs {names}": "输出 {names} 的 {what}",
    "a dict by these names": "用这些名称作键的字典",
    "{what} for '{missing}'": "'{missing}' 的{what}",
    "the keys {names}": "键 {names}",
    "the keys of an empty dict": "一个空字典",
    "a list of {count}, in the order {names}": "含 {count} 项的列表，按 {names} 的顺序",
    "{count} {what}, {order}, or a dict": "{count} 个{what}：{order}，或一个字典",
    "a single {kind}": "单个 {kind}",
    "{what} that are symbolic tensors": "{what}为符号张量",
    "at least one of its {what}": "至少有一个{what}",
    "inputs that differ": "各不相同的输入",
    "one of them twice": "其中一个出现了两次",
    "outputs that its inputs lead to": "由这些输入得出的输出",
    "'{name}', which needs the input '{other}' as well": "'{name}'，它还需要输入 '{other}'",
    "'{name}' among the inputs": "把 '{name}' 也列入输入",
    "layers of different names": "名称各不相同的层",
    "two named '{name}'": "有两个都叫 '{name}'",
    "the layers are {names}": "有这些层：{names}",
    "the name of a layer": "某一层的名称",
    "an index below {count}": "小于 {count} 的序号",
    "its input first": "先给出输入",
    "an Input after {n} layers": "在 {n} 个层之后才有 Input",
    "a model with layers": "有层的模型",
    "an empty one": "一个空模型",
    # data in batches
    "a verb": "这个方法",
    "a generator": "一个生成器",
    "the function {name}, which was not called": "函数 {name} 本身，没有调用它",
    "{some} or {last} as a batch": "每批为 {some} 或 {last}",
    "{count} parts": "{count} 个部分",
    "arrays to split": "可以切分的数组",
    "{name}, which is read once": "{name}，它只能读一遍",
    "validation data for each epoch": "每一轮都能用的验证数据",
    "validation_data as a pair": "validation_data 为一对 (x, y)",
    "targets and weights within the batches": "目标和权重就在各批次里面",
    "the data ended: training stops before epoch {epoch} of {epochs}; steps_per_epoch says where an epoch ends": (
        "数据用完了：训练在第 {epoch} 轮（共 {epochs} 轮）之前停止；steps_per_epoch 说明一轮在哪里结束"
    ),
    "the data ended after {taken} of {asked} batches, and the epoch with it; "
    "steps_per_epoch * epochs batches are needed, or data that begins anew": (
        "数据在 {asked} 批中的第 {taken} 批之后用完，这一轮也随之结束；需要 steps_per_epoch * epochs 批，或能从头再来的数据"
    ),
    # a loss that is lost
    "the loss is {loss} since epoch {epoch}, step {step}": "损失从第 {epoch} 轮第 {step} 步起为 {loss}",
    "the loss is {loss} since step {step} of the evaluation": "损失从评估的第 {step} 步起为 {loss}",
    ", and weights are NaN from there on: training stops": "，此后权重都是 NaN：训练停止",
    "`clipnorm=1.0` in the optimizer, or a smaller `learning_rate` and data scaled to about -1 to 1": (
        "给优化器加上 `clipnorm=1.0`，或用更小的 `learning_rate` 并把数据缩放到约 -1 至 1"
    ),
    "`activation='tanh'` on it, {ways}": "给它写上 `activation='tanh'`，{ways}",
    "had states of up to {largest:.1e} before": "此前的状态已达 {largest:.1e}",
    "had states beyond all numbers": "的状态已超出所有数的范围",
    "can grow without end": "的状态可以无限增长",
    # files
    "calls on its own layers": "对自己的层的调用",
    "calls that follow on one another": "前后相接的调用",
    "none for {names}": "{names} 没有",
    "another program to make it": "由另一个程序来生成",
    "model.save('model.keras') here, then keras.models.load_model('model.keras').export(...) in Keras": (
        "在这里 model.save('model.keras')，再到 Keras 里 keras.models.load_model('model.keras').export(...)"
    ),
    "a model with an input shape": "有输入形状的模型",
    "the description of a model": "模型的描述",
    "a {name} alone": "单独一个 {name}",
    "at most {limit} characters of JSON": "最多 {limit} 个字符的 JSON",
    "{name} that are here": "这里有的 {name}",
}
