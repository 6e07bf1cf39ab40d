# METADATA
# title: Lines that weaken checks
# description: How disabled tests, lost assertions, suppressed checks and hidden text are recognised.
package cabincrew.lines

skipped := concat("", [
	`(?m)(?:^|[^\w."'\x60$])(?:(?:it|test|describe|suite|context|specify|bench)(?:\.\w+)*\.(?:skip|todo|fixme|fails|failing)|x(?:it|test|describe|context|specify))(?:\.\w+)*\s*(?:\(|\x60)`,
	`|\b(?:it|test|describe|suite)(?:\.\w+)*\[\s*["'](?:skip|todo|only)["']\s*\]|\.(?:skipIf\(\s*(?:true|1|!0)|runIf\(\s*(?:false|0|!1))\s*\)|(?:^|[{,]\s*)["']?(?:skip|todo)["']?\s*:\s*(?:true\b|["'])`,
	`|\b(?:t|this|ctx)\.skip\(|^\s*pytestmark\s*=.*\bskip|^\s*@tag\s+:?skip\b|^\s*#\[cfg\((?:any\(\)|FALSE|false)\)\]|^\s*@(?:EnabledIf|Requires)\(.*\bfalse\b`,
	`|^\s*@(?:pytest\.mark\.(?:skip|xfail)\b|(?:unittest\.)?(?:skip|expectedFailure)\b)|\bpytest\.(?:skip|xfail)\(|\bself\.skipTest\(`,
	`|\b[tb]\.(?:Skip|Skipf|SkipNow)\(`,
	`|^\s*#\[ignore\b`,
	`|^\s*@(?:Disabled|Ignore)\b`,
	`|^\s*\[(?:Ignore|Skip)\b|\[(?:Fact|Theory)\(\s*Skip\s*=`,
	`|\$this->markTest(?:Skipped|Incomplete)\(`,
	`|\bGTEST_SKIP\(`,
	`|\bthrow XCTSkip\(|\bXCTSkip(?:If|Unless)\(`,
	`|^\s*(?:xit|xdescribe|xcontext|xspecify|skip|pending)(?:\s+["']|\s*$)`,
])

focused := `(?m)(?:^|[^\w."'\x60$])(?:(?:it|test|describe|suite|context|specify)(?:\.\w+)*\.only|f(?:it|describe|context))(?:\.\w+)*\s*(?:\(|\x60)|^\s*(?:fit|fdescribe|fcontext)\s+["']`

# Options that leave tests out, and tests named in the settings of what runs them.
left_out := concat("", [
	`(?m)\btestPathIgnorePatterns\b|--deselect[= ]|--ignore(?:-glob)?[= ]\S*test|\bcollect_ignore\b|\bpytest\b.*\s-[km]\s+["']?not\b|\baddopts\b.*[\s"']-[km]\s+["']?not\b`,
	`|\bgo\s+test\b.*\s-skip\b|\bcargo\s+(?:test|nextest)\b.*--skip\b|--grep-invert\b|\bmocha\b.*--invert\b|--testPathIgnorePatterns\b|\bvitest\b.*--exclude[= ]`,
	`|^\s*(?:exclude\s*:\s*\[.*)?["'][^"'*!]*\w\.(?:test|spec)\.\w+["'],?\s*(?:\]|,|$)`,
])

# What skips from inside of a test, and so may be about where it runs.
skips_inside := `\b[tb]\.(?:Skip|Skipf|SkipNow)\(|\b(?:t|this|ctx)\.skip\(|\bpytest\.skip\(|\bself\.skipTest\(|\$this->markTestSkipped\(|\bGTEST_SKIP\(|\bXCTSkip\(`

# Holds whatever the code does.
hollow := `\b(?:expect|assert(?:That)?)(?:\.ok)?\(\s*(?:true|1|!0|!false)\s*(?:\)\s*(?:;|$|\.(?:toBe\(\s*(?:true|1)\s*\)|toBeTruthy|toBeDefined|toEqual\(\s*(?:true|1)|isTrue))|,)|\bassert\s+(?:True|1)\b|\b(?:self\.)?assert_?[tT]rue\(\s*(?:true|True)\b|\bassert!\(\s*true\b|\bexpect\(\s*(\w+)\s*\)\.toBeDefined\(\)\s*\|\|`

assertion := `\b(?:expect|expectTypeOf|assert\w*|debug_assert\w*|ASSERT_\w+|EXPECT_\w+|XCTAssert\w*|should|t\.(?:Error|Errorf|Fatal|Fatalf)|require\.(?:\w+)\(t)\b|\.should\b|\braises\(`

case_begins := `^\s*(?:(?:it|test|specify)(?:\.\w+)*\s*\(|(?:async\s+)?def\s+test_?\w*\s*\(|func\s+Test\w*\(|#\[(?:\w+::)?test\b|@(?:Test|ParameterizedTest)\b|\[(?:Fact|Theory|Test|TestMethod)\b|(?:it|specify)\s+["'])`

suppressed := concat("", [
	`(?m)\beslint-disable|@ts-(?:ignore|nocheck|expect-error)\b|\b(?:biome|oxlint|deno-lint|prettier|tslint)[-:](?:ignore|disable)`,
	`|#\s*(?:noqa\b|type:\s*ignore\b|pyright:\s*ignore\b|mypy:\s*ignore|pylint:\s*disable|ruff:\s*noqa|pragma:\s*no\s*cover|nosec\b|fmt:\s*off|rubocop:disable|shellcheck\s+disable|regal\s+ignore|tfsec:ignore|checkov:skip)`,
	`|//\s*(?:nolint\b|nosec\b|#nosec\b|NOLINT|noinspection\b|ignore:|phpcs:ignore|@phpstan-ignore|swiftlint:disable)`,
	`|^\s*#!?\[allow\(|^\s*@(?:SuppressWarnings|Suppress|SuppressLint)\b|^\s*#pragma\s+warning\s+disable`,
	`|\b(?:istanbul|c8|v8)\s+ignore\b|\bnosemgrep\b|\bNOSONAR\b`,
])

# Checkers that look for holes; what they are told to overlook, nobody looks at.
suppressed_security := concat("", [
	`(?m)\beslint-disable.*\b(?:security(?:-node)?/|no-eval\b|no-implied-eval\b|no-new-func\b|no-script-url\b|no-unsanitized/|no-secrets/|react/no-danger|react/jsx-no-target-blank|@microsoft/sdl/)`,
	`|\bbiome-ignore\s+lint/security\b|\bnosemgrep\b|\bcodeql\[|\blgtm\[|\bgitleaks:allow\b|\ballowlist\s+secret\b|\bdetect-secrets:\s*disable`,
	`|#\s*nosec\b|//\s*#?nosec\b|#\s*noqa:\s*(?:\w+,\s*)*S[0-9]{3}|//\s*nolint:\S*gosec|\bbrakeman:ignore|\b(?:tfsec|trivy|terrascan|kics-scan)[:#\s]+(?:ignore|skip)|\bcheckov:skip`,
	`|@SuppressFBWarnings|\bNOSONAR\b|\bpylint:\s*disable=.*(?:exec-used|eval-used)`,
])

# Without one of these no line is suppressed.
suppressed_words := ["ignore", "disable", "@ts-", "noqa", "nosec", "nolint", "NOLINT", "pragma", "fmt:", "allow(", "Suppress", "NOSONAR", "nosemgrep", "noinspection", "skip", "codeql[", "lgtm[", "allow"]

# Invisible characters. A joiner between two that are not ASCII belongs to an emoji or a script; tags after a black flag are a flag.
hidden(text) if regex.match(`[\x{200B}\x{2060}-\x{2064}\x{206A}-\x{206F}\x{180E}\x{00AD}\x{3164}\x{FFA0}]`, text)

hidden(text) if regex.match(`[\x00-\x7F][\x{200C}\x{200D}]|[\x{200C}\x{200D}][\x00-\x7F]`, text)

hidden(text) if regex.match(`[\x{202A}-\x{202E}\x{2066}-\x{2069}]`, text)

hidden(text) if regex.match(`[^\x{1F3F4}\x{E0020}-\x{E007F}][\x{E0000}-\x{E007F}]|^[\x{E0000}-\x{E007F}]`, text)

hidden(text) if regex.match(`.\x{FEFF}`, text)

turned := ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]

invisible := `[\x{200B}-\x{200D}\x{2060}-\x{2064}\x{206A}-\x{206F}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{180E}\x{00AD}\x{3164}\x{FFA0}\x{FEFF}\x{E0000}-\x{E007F}]`

comment(text) if regex.match(`^\s*(?:#[^\[!]|//|\*|--|;|/\*)`, text)

matching(lines, pattern) := count([line | some line in lines; regex.match(pattern, line.text); not comment(line.text); not holds_anyway(line.text)])

# A look for the words first: most assertions have none of them.
holds_anyway(text) if {
	some word in ["true", "True", "(1", "( 1", "assert 1", "!0"]
	contains(text, word)
	regex.match(hollow, text)
}

# Looked at first: most changes remove nothing of the kind, and then the rest of the plan need not be counted.
loses(change, pattern) if {
	count(change.removed) > 0
	net(change, pattern) > 0
}

net(change, pattern) := matching(change.removed, pattern) - matching(change.added, pattern)

# Commands and actions that test, check or scan.
runs_check := concat("", [
	`(?i)\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+|exec\s+)?(?:t|tst|test|lint|check|typecheck|type-check|verify|audit)\b|\b(?:npx|bunx|pnpm dlx)\s+(?:vitest|jest|mocha|eslint|tsc|biome|playwright|cypress)\b`,
	`|\b(?:pytest|tox|nox|mypy|pyright|ruff|flake8|bandit|pip-audit|golangci-lint|staticcheck|govulncheck|gosec|semgrep|trivy|grype|gitleaks|trufflehog|shellcheck|hadolint|checkov|tfsec|tflint|actionlint|zizmor|ctest|phpunit|phpstan|rspec|rubocop|brakeman)\b`,
	`|\bcargo\s+(?:\+\S+\s+)?(?:test|nextest|clippy|audit|deny)\b|\bgo\s+(?:test|vet)\b|\bmake\s+\S*(?:test|check|lint|verify)|\b(?:mvnw?|gradlew?)\b.*\b(?:test|verify|check)\b|\bdotnet\s+test\b|\bmix\s+(?:test|credo)\b|\bopa\s+test\b`,
	`|\buses:.*(?:codeql-action/analyze|dependency-review-action|scorecard-action)`,
])
