import Artifacts
import Foundation
import ReportFile
import Testing

@Suite struct PageTests {
    @Test func everyTagIsClosedWhereItShouldBe() throws {
        let checker = HTMLChecker(htmlPage(of: try sampleReport()))
        #expect(checker.problems.isEmpty, "\(checker.problems)")
        #expect(checker.tagCounts["section"] == 10)
        #expect(checker.tagCounts["main"] == 1)
        #expect(checker.tagCounts["polyline"] == 5)
        #expect(checker.tagCounts["b"] == 4, "only the tiles are bold: no class name became a tag")
    }

    @Test func nothingIsLoadedFromElsewhere() throws {
        let page = htmlPage(of: try sampleReport())
        for word in ["http:", "https:", "//cdn", "<script", "<link", "<iframe", "@import", "url(", "javascript:"] {
            #expect(!page.contains(word), "\(word)")
        }
        let checker = HTMLChecker(page)
        #expect(checker.attributes["src"]?.count == 24)
        #expect(checker.attributes["src"]?.allSatisfy { $0.hasPrefix("data:image/png;base64,iVBOR") } == true)
        #expect(checker.attributes["href"] == nil)
    }

    @Test func namesAreEscaped() throws {
        let page = htmlPage(of: try sampleReport())
        #expect(!page.contains("<b>&"))
        #expect(page.contains("&lt;b&gt;&amp;&quot;"))
        #expect(page.contains("c&#39;at"))
        #expect(page.contains("eel&lt;/td&gt;"))
        #expect(page.contains("student &lt;1&gt; &amp; co.pb"))
        #expect(page.contains("wrong on &lt;few&gt; images"))
    }

    @Test func theFiguresAreThere() throws {
        let report = try sampleReport()
        let page = htmlPage(of: report)
        let target = try #require(report.target)
        #expect(page.contains(decimalText(target.testAccuracy.value * 100, decimals: 2)))
        #expect(page.contains("1,730,000"))
        #expect(page.contains("6.93\u{202F}MB"))
        #expect(page.contains("2.31\u{202F}ms"))
        #expect(page.contains("its first exit alone costs more than the target"))
        #expect(page.contains("prefers-color-scheme: dark"))
        #expect(!page.contains("nan") && !page.contains("inf\""))
    }

    /// Shares that are rounded one by one would not make up a whole, and differ from the table's.
    @Test func barsAndTablesRoundAlike() throws {
        var report = try sampleReport()
        var budget = try #require(report.target)
        budget.exitShares = [0.63, 0.025, 0.345]
        report.budgets = [budget]
        let page = htmlPage(of: report)
        for share in ["63", "34"] { #expect(page.contains("\">\(share)\u{202F}%</span>"), "\(share)") }
        #expect(!page.contains("\">35\u{202F}%</span>"))
    }

    @Test func withoutATargetNoBudgetIsCalledSo() throws {
        var report = try sampleReport()
        report.candidates = []
        let aimed = htmlPage(of: report)
        report.targetMACs = nil
        #expect(report.target == nil && report.shown == report.budgets.last)
        let page = htmlPage(of: report)
        #expect(HTMLChecker(page).problems.isEmpty)
        for text in ["the target budget", "<small>target</small>", "class=\"target\"", "class=\"targetLabel\""] {
            #expect(aimed.contains(text) && !page.contains(text), "\(text)")
        }
        #expect(page.contains("Confusion at the largest budget"))
        #expect(page.contains("class=\"shareRow chosen\""))
    }

    @Test(arguments: [DistillationRecipe.Method.erde, .erdeMate, .kd, .ce])
    func onlyAnEntropyTermWorksOnErrors(_ method: DistillationRecipe.Method) throws {
        var report = try sampleReport()
        var loss = DistillationRecipe()
        loss.method = method
        report.provenance?.distillation = loss
        let page = htmlPage(of: report)
        #expect(page.contains("augmented training images that the teacher’s exits get wrong"))
        #expect(page.contains("The entropy term of the distillation works") == method.isEntropyRegularized)
    }

    @Test func manyStudentsRuledOutAreFoldedAway() throws {
        var report = try sampleReport()
        let tried = report.candidates.filter { $0.isChosen || $0.trainingImages > 0 }.count
        #expect(tried > 0 && !htmlPage(of: report).contains("ruled out without a training"))
        let untried = report.candidates.count - tried
        report.candidates += (0..<40).map {
            StudentCandidate(architecture: "ruled-out-\($0)", cumulativeMACs: [1_000 + $0], parameterCount: 10)
        }
        let page = htmlPage(of: report)
        #expect(HTMLChecker(page).problems.isEmpty)
        let parts = page.components(separatedBy: "<summary>\(40 + untried) more, ruled out without a training</summary>")
        #expect(parts.count == 2 && !parts[0].contains("ruled-out-0") && parts[1].contains("ruled-out-39"))
    }

    @Test func drawingsHoldNumbersOnly() throws {
        let checker = HTMLChecker(htmlPage(of: try sampleReport()))
        for name in ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"] {
            let values = checker.attributes[name] ?? []
            #expect(!values.isEmpty, "\(name)")
            for value in values { #expect(Double(value)?.isFinite == true, "\(name)=\(value)") }
        }
        for value in checker.attributes["width"] ?? [] { #expect((Double(value) ?? -1) >= 0) }
    }

    /// A quantized network costs what the one before costs, and is as good: their last exits are one point, wherever that is.
    @Test func namesOfModelsDoNotCoverEachOther() throws {
        var report = try sampleReport()
        for step in 0..<400 {
            report.models = ["student", "pruned", "int8"].map { name in
                var model = report.models[0]
                model.name = name
                let last = (model.testAccuracyPerExit?.count ?? 1) - 1
                model.testAccuracyPerExit?[last] = 0.6 + Double(step) / 1111
                return model
            }
            let heights = try htmlPage(of: report).split(separator: "<text class=\"name\"").dropFirst().map { text in
                let value = try #require(text.firstMatch(of: /y="([0-9.]+)"/)).output.1
                return try #require(Double(value))
            }
            #expect(heights.count == 3)
            #expect(zip(heights, heights.dropFirst()).allSatisfy { $1 - $0 >= 14 }, "\(heights)")
        }
    }

    @Test func budgetsThatBuyNothingMoreAreNamed() throws {
        var report = try sampleReport()
        for index in report.budgets.indices { report.budgets[index].thresholds[0] = Double(index) / 10 }
        let sentence = "buy nothing more"
        #expect(report.saturation == nil && !htmlPage(of: report).contains(sentence))
        var larger = try #require(report.budgets.last)
        larger.budgetMACs *= 2
        report.budgets.append(larger)
        #expect(report.saturation == larger.testMeanMACs.value && htmlPage(of: report).contains(sentence))
    }

    @Test func aBareReportMakesAPageToo() throws {
        var report = CalibrationReport(
            modelName: "m", classNames: ["a", "b"], score: .oneMinusMaximum, cumulativeMACs: [7], targetMACs: 7,
            dataset: DatasetSummary(calibrationImages: 1, testImages: 1))
        #expect(HTMLChecker(htmlPage(of: report)).problems.isEmpty)
        let certain = Interval(value: 1, low: 1, high: 1)
        report.budgets = [
            BudgetResult(
                budgetMACs: 7, thresholds: [], method: .exhaustive, calibrationAccuracy: 1, calibrationMeanMACs: 7,
                testAccuracy: certain, testMeanMACs: Interval(value: 7, low: 7, high: 7), exitShares: [1],
                accuracyPerExit: [1], medianMACs: 7, percentile99MACs: 7, oracleAccuracy: 1)
        ]
        let page = htmlPage(of: report)
        #expect(HTMLChecker(page).problems.isEmpty)
        #expect(!page.contains("nan"))
    }

    @Test func manyClassesGetAListInsteadOfAMatrix() throws {
        let page = htmlPage(of: try sampleReport(classNames: (1...40).map { "class \($0)" }))
        let checker = HTMLChecker(page)
        #expect(checker.problems.isEmpty)
        #expect(!page.contains("class=\"confusion\""))
        #expect(page.contains("Most frequent mistakes"))
    }
}
