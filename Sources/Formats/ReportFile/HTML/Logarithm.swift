import Glibc

/// Natural logarithm of a count, the largest entropy of that many classes.
func logarithm(_ count: Int) -> Double { log(Double(max(1, count))) }
