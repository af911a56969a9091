import HTTPTypes
import HydrantCore
import HydrantWeb
import Testing

/// A flood of attempts to sign in.
@Suite struct GuessRateTests {
    @Test func `of one address and of all together so many attempts a second are looked at`() {
        let rate = GuessRate()
        let now = APIFixture.begin
        for _ in 1...GuessRate.sourceMaximum { #expect(rate.admits("a", at: now)) }
        #expect(!rate.admits("a", at: now))
        for number in 1...GuessRate.maximum - GuessRate.sourceMaximum {
            #expect(rate.admits("b\(number)", at: now + 999))
        }
        #expect(!rate.admits("c", at: now + 999))
        #expect(rate.admits("a", at: now + 1_000) && rate.admits("c", at: now + 1_000))
    }

    @Test func `what is too much is sent away before its form is read, and the next second is a new one`() async throws
    {
        let api = try APIFixture(withPages: true)
        let long = [UInt8](repeating: 0x61, count: 5_000)
        for _ in 1...GuessRate.sourceMaximum {
            #expect(try await api.send(.post, "/sign-in", body: long).status == 413)
        }
        let answer = try await api.send(.post, "/sign-in", body: long)
        #expect(answer.status == 429 && answer.headers[.retryAfter] == "1")
        #expect(try answer.problemCode() == "HY-2035")
        for (language, sentence) in [("en", "Too many attempts to sign in at once"), ("zh", "登录尝试太频繁")] {
            let headers: HTTPFields = [.accept: "text/html", .acceptLanguage: language]
            let page = try await api.send(.post, "/sign-in", headers: headers, body: long)
            #expect(page.status == 429 && page.headers[.retryAfter] == "1")
            #expect(page.text.contains("role=\"alert\"") && page.text.contains(sentence), "\(language)")
            #expect(page.text.contains("name=\"password\""))
        }
        api.wallClock.move(by: .seconds(1))
        #expect(try await api.send(.post, "/sign-in", body: long).status == 413)
    }
}
