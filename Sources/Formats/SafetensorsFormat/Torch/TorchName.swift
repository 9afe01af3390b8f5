/// Names as PyTorch's model collections give them: `stage1_block2_conv1` is `stages.0.blocks.1.conv1`.
enum TorchName {
    /// Words that count parts of a network: their number becomes a place in a list.
    private static let lists = ["stage": "stages", "block": "blocks", "exit": "exits", "head": "heads", "layer": "layers"]

    /// Attributes that every module has, and those that the generated class defines.
    private static let taken = Set(
        """
        SEGMENTS T_destination add add_module apply bfloat16 buffers call_super_init children classify compile cpu cuda
        double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu
        load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
        register_backward_hook register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
        register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
        register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
        set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
        """.split(whereSeparator: \.isWhitespace).map(String.init))

    /// Python's keywords, and what the generated functions use.
    private static let keywords: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "self", "try", "while", "with", "yield", "torch", "nn", "F",
    ]

    /// The path of a layer in the tree of modules.
    static func path(_ name: String) -> String {
        var parts: [String] = []
        var words = name.split(separator: "_", omittingEmptySubsequences: false)[...]
        while words.count > 1, let word = words.first {
            let digits = word.reversed().prefix { $0.isNumber }.count
            guard digits > 0, let list = lists[String(word.dropLast(digits))], let number = Int(word.suffix(digits)),
                number > 0
            else { break }
            parts += [list, "\(number - 1)"]
            words.removeFirst()
        }
        let last = words.joined(separator: "_")
        parts.append(isFree(last) ? last : "layer\(last.hasPrefix("_") ? "" : "_")\(last)")
        return parts.joined(separator: ".")
    }

    /// Whether a layer may have a name: no attribute, no keyword, and no function of a segment has it.
    private static func isFree(_ name: String) -> Bool {
        let isSegment = name.hasPrefix("segment") && name.dropFirst("segment".count).allSatisfy(\.isNumber)
        return !isSegment && !name.hasPrefix("_") && !taken.contains(name) && !keywords.contains(name)
    }

    /// How a module at a path is written in Python, from `self`.
    static func reference(_ path: String) -> String {
        path.split(separator: ".").reduce("self") { $1.first?.isNumber == true ? "\($0)[\($1)]" : "\($0).\($1)" }
    }

    /// A value's name as a Python variable.
    static func variable(_ name: String) -> String { keywords.contains(name) ? "\(name)_" : name }
}
