package cabincrew.agents

import data.cabincrew.changed
import data.cabincrew.grants
import data.cabincrew.kinds
import data.cabincrew.lines

# METADATA
# title: Wider permissions for agents
# description: lets agents act without asking
# custom:
#   rule: agents/permissions-widened
#   severity: critical
#   fix: Allow the commands that are needed, one by one, and keep asking for the rest.
require_approval contains finding if {
	some where in kinds.settings
	some line in changed.hits(where, grants.widened)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, substring(trim_space(line.text), 0, 120))
}

# METADATA
# title: Agents started without checks
# description: starts an agent that acts without asking
# custom:
#   rule: agents/unchecked-agent
#   severity: high
#   fix: Start it with the permissions it needs, or in a place where it can do no harm.
require_approval contains finding if {
	some where in kinds.watched
	some line in changed.hits(where, `--(?:dangerously-[a-z-]+|yolo|allow-all-(?:tools|paths)|full-auto|auto-approve|yes-always|permission-mode[= ]bypassPermissions|approval-mode[= ]yolo|ask-for-approval[= ]never|sandbox[= ]danger-full-access)\b`)
	match := regex.find_all_string_submatch_n(`--[a-z-]+`, line.text, -1)
	count(match) > 0
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Tool servers
# description: adds or changes a server that gives agents tools
# custom:
#   rule: agents/mcp-server
#   severity: high
#   fix: Have it approved by somebody who knows what that server does and what it is given.
require_approval contains finding if {
	some where in kinds.settings
	grants.serves(where)
	some line in changed.hits(where, `(?m)^\s*[{,]?\s*["']?(?:command|args|url|serverUrl|httpUrl|env|headers|cwd|envFile)["']?\s*[:=]|"(?:command|url|serverUrl|httpUrl)"\s*:|^\s*\[mcp_servers\.`)
	key := regex.find_all_string_submatch_n(`(command|args|url|serverUrl|httpUrl|env|headers|cwd|envFile|mcp_servers)\b`, line.text, 1)[0][1]
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, key)
}

# METADATA
# title: Hooks of agents
# description: makes agents run a command of its own at every step
# custom:
#   rule: agents/hook
#   severity: high
#   fix: Have it approved by somebody who read the command.
require_approval contains finding if {
	some where in kinds.settings
	some line in changed.hits(where, `["'](?:hooks|apiKeyHelper|awsAuthRefresh|awsCredentialExport|otelHeadersHelper|statusLine|PreToolUse|PostToolUse|PostToolUseFailure|UserPromptSubmit|SessionStart|SessionEnd|SubagentStart|SubagentStop|PreCompact|PermissionRequest|beforeShellExecution|afterFileEdit|beforeSubmitPrompt|beforeReadFile|BeforeTool|AfterTool)["']\s*[:=]|^\s*\[+hooks?\b`)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, substring(trim_space(line.text), 0, 80))
}

# METADATA
# title: Programs that hooks run
# description: is run by agents at every step.
# custom:
#   rule: agents/hook-program
#   severity: high
#   fix: Have it approved by somebody who read it.
require_approval contains finding if {
	some where in changed.written
	changed.listed(where, data.paths.hooks)
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Models at other addresses
# description: sends what agents read and write to another address
# custom:
#   rule: agents/redirected
#   severity: high
#   fix: Have it approved by somebody who knows who runs that address.
require_approval contains finding if {
	some where in kinds.settings
	some line in changed.hits(where, `(?m)\b(?:ANTHROPIC|OPENAI|GOOGLE_GEMINI|GEMINI|AZURE_OPENAI|MISTRAL)_(?:API_)?(?:BASE_URL|BASE|ENDPOINT)\b["']?\s*[:=]\s*["']?https?://|^\s*base_url\s*=\s*["']https?://`)
	not lines.comment(line.text)
	match := regex.find_all_string_submatch_n(`https?://(?:[^/\s"'@]*@)?([^/\s"':]+)`, line.text, 1)[0][1]
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, match)
}

# METADATA
# title: Settings that can be read
# description: writes a setting of agents with escapes, so people and rules read something else than programs
# custom:
#   rule: agents/setting-escaped
#   severity: high
#   fix: Write it in clear.
require_approval contains finding if {
	some where in kinds.settings
	some line in changed.hits(where, `"[^"]*\\u00[2-7][0-9a-fA-F][^"]*"`)
	finding := changed.finding_about(rego.metadata.rule(), where, line.line, substring(trim_space(line.text), 0, 80))
}
