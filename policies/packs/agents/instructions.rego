package cabincrew.agents

import data.cabincrew.changed
import data.cabincrew.kinds
import data.cabincrew.lines

# METADATA
# title: Agent instructions
# description: instructs coding agents or gives them tools, so a change here steers later changes.
# custom:
#   rule: agents/instructions
#   severity: high
#   fix: Have it approved, or leave it out of this change.
require_approval contains finding if {
	some where in changed.places
	kinds.is_instruction(where)
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Links to agent instructions
# description: is a link to instructions or tools of coding agents, so whoever writes to it writes to those.
# custom:
#   rule: agents/instructions-link
#   severity: high
#   fix: Have it approved, or leave it out of this change.
require_approval contains finding if {
	some where in changed.written
	where.change.entry == "symlink"
	not kinds.is_instruction(where)
	kinds.links_to_instruction(where)
	finding := changed.finding(rego.metadata.rule(), where)
}

# METADATA
# title: Hidden text in instructions
# description: gets characters that people do not see and agents read.
# custom:
#   rule: agents/hidden-text
#   severity: critical
#   fix: Remove the invisible characters; an editor that shows control characters finds them.
deny contains finding if {
	some where in kinds.instructions
	some line in changed.hits(where, lines.invisible)
	lines.hidden(line.text)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Text that reads otherwise than it runs
# description: gets characters that turn the direction of text, so people read something else than programs.
# custom:
#   rule: agents/turned-text
#   severity: high
#   fix: Write the characters as escapes, or remove them.
require_approval contains finding if {
	some where in kinds.code
	not kinds.is_instruction(where)
	changed.holds(where, lines.turned)
	some line in where.change.added
	some mark in lines.turned
	contains(line.text, mark)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}

# METADATA
# title: Comments in instructions
# description: gets a comment that is not shown where the file is rendered, though agents read it.
# custom:
#   rule: agents/hidden-comment
#   severity: medium
#   fix: Write it as visible text, or have it approved by somebody who read the source.
require_approval contains finding if {
	some where in kinds.instructions
	regex.match(`\.(?:md|mdc|markdown)$|rules$`, where.base)
	some line in changed.hits(where, `<!--|^\s*\[//\]:\s*#`)
	not regex.match(`(?i)<!--\s*/?\s*(?:markdownlint|prettier|toc|tocstop|vale|textlint|cspell|dprint|rumdl|all-contributors|start|end|begin)\b[\w\s:=/.-]{0,60}-->`, line.text)
	finding := changed.finding_at(rego.metadata.rule(), where, line.line)
}
