/// The larger of two numbers, or NaN where one of them is NaN; Swift's `max` passes it on in one order of the two alone.
///
/// Two selections and no branch, so that loops over it are vectorised.
@inline(__always)
func larger(_ a: Float, _ b: Float) -> Float {
    let number = a < b ? b : a
    return b.isNaN ? b : number
}
