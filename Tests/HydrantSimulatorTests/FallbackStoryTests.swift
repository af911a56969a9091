import HydrantCore
import Testing

@testable import HydrantSimulator

@Suite struct FallbackStoryTests {
    @Test func `no parcel keeps two live waybills, and none leaves the five sets`() async {
        let report = await FallbackStories.run(from: 1, count: 1_000)
        #expect(report.violations == [])
        #expect(report.stories == 1_000 && report.superseded > 100 && report.voided > 50 && report.deaths > 100)
    }

    @Test func `the same seeds play the same stories, however many run at once`() async {
        let one = await FallbackStories.run(from: 7, count: 60, parallel: 1)
        let two = await FallbackStories.run(from: 7, count: 60, parallel: 3)
        #expect(one.hash == two.hash && one.steps == two.steps)
        #expect(await FallbackStories.run(from: 8, count: 60).hash != one.hash)
    }

    @Test func `a waybill that lives on unseen is noticed`() {
        var story = FallbackStory(seed: 3)
        story.run()
        #expect(story.violations == [])
        _ = story.world.make("a", "\(FallbackStory.number)-1")
        _ = story.world.make("b", "\(FallbackStory.number)-1")
        story.audit()
        #expect(story.violations.contains { $0.hasPrefix("no-two-live-waybills") })
    }

    @Test func `numbers are found within a quarter of an hour, evenly and within the quota`() {
        let report = PollingStudy(parcels: 3_000, seed: 1).run()
        #expect(report.found == 3_000)
        #expect(report.slowest <= .minutes(15) + .seconds(30))
        #expect(report.mostCalls <= report.quota)
        #expect(report.busiestToMean < 2)
        #expect(abs(report.meanPerSecond - 3_000.0 / 900) < 0.01)
        #expect(report.problems == [])
    }

    @Test func `each promise about polling that is broken is named`() {
        var report = PollingStudy.Report()
        report.parcels = 4_500
        report.found = 4_500
        report.slowest = .minutes(15) + .seconds(30)
        report.meanPerSecond = 5
        report.busiestSecond = 9
        report.mostCalls = 9
        report.quota = 9
        #expect(report.problems == [])
        var broken = report
        broken.found -= 1
        broken.slowest += 1
        broken.mostCalls += 1
        broken.busiestSecond = 10
        #expect(
            broken.problems == [
                "1 of 4500 numbers were not found",
                "a number was found 930001 ms after it could be had, 930000 are allowed",
                "10 calls began in one second, the courier allows 9",
                "the busiest second had 10 questions, the mean is 5.0",
            ])
        broken = report
        broken.parcels = 10
        broken.found = 10
        broken.busiestSecond = 10
        #expect(broken.problems == [], "ten parcels have no rate")
    }
}
