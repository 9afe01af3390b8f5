/// The version of erde, as written into files and printed by the program.
package let erdeVersion = "0.1.0"
