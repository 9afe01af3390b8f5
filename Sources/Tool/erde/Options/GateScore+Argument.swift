import ArgumentParser
import Artifacts

extension GateScore: ExpressibleByArgument {}
