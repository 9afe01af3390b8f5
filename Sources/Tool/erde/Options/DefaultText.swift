/// How a flag is that is not given, for its help.
func defaultText(_ isOn: Bool) -> String { isOn ? "on by default" : "off by default" }
