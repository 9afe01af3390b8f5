/// A name that begins with `base` and is in no use; it is from now on.
package func unused(_ base: String, _ names: inout Set<String>) -> String {
    if names.insert(base).inserted { return base }
    var number = 2
    while !names.insert("\(base)_\(number)").inserted { number += 1 }
    return "\(base)_\(number)"
}
