"""What every message is made of, in Chinese."""

TEXTS: dict[str, str] = {
    # what every message is made of
    "{who} expects {expected}; got {came}.": "{who} 需要：{expected}；得到：{came}。",
    "{who} expects {expected}; got {came}. {asked}": "{who} 需要：{expected}；得到：{came}。{asked}",
    "{text} Instead: {instead}.": "{text}建议：{instead}。",
    "did you mean {names}?": "您要写的是不是 {names}？",
    " or ": " 或 ",
    " and ": " 和 ",
    ", ": "，",
    "; ": "；",
    ": ": "：",
    "any": "任意",
    "none": "无",
    "nothing": "什么也没有",
    "{some} or {last}": "{some} 或 {last}",
    "{a} and {b}": "{a} 和 {b}",
    "{a} to {b}": "{a} 至 {b}",
    "{names} and {n} more": "{names} 等（另有 {n} 个）",
    "write {code}": "写成 {code}",
    "row {row}": "行号 {row}",
    "line {line}": "第 {line} 行",
    "shape {shape}": "形状 {shape}",
    "dtype {dtype}": "数据类型 {dtype}",
    "a {kind}": "一个 {kind}",
    "{name} as a whole number of at least {least}": "{name} 为不小于 {least} 的整数",
    "{name} {most} or {last}": "{name} 为 {most} 或 {last}",
}
