import Testing

@testable import HalfSpace

@Test func bruteReportsTheDefinition() throws {
    let store = KeyValueStore(dimension: 1, valueDimension: 1, capacity: 4)
    try store.append(keys: [1, 2, 3, 2], values: [1, 1, 1, 1])
    let index = try ReportingIndex(store: store, choice: .auto)
    let report = Report()
    let query = try Query([1], threshold: 2)
    index.report(query, into: report)
    #expect(report.positions == Membership.positions(of: query, in: store))
    try index.reportLargest(2, of: [1], into: report)
    #expect(report.positions == [1, 2, 3])
}
