# METADATA
# title: Grants to agents
# description: How settings that let agents act without asking are recognised.
package cabincrew.grants

import data.cabincrew.kinds

widened := concat("", [
	`(?m)"(?:Bash|Shell|Read|Write|Edit|WebFetch|ShellTool|run_shell_command|mcp__\*)(?:\((?:\*|:\*|\*:\*|\*\*|//\*\*|/\*\*)\))?"\s*(?:,|\]|$)`,
	`|"allow(?:ed)?(?:Tools|Commands|_tools)?"\s*:\s*\[\s*"\*"|"(?:bash|edit|webfetch|\*)"\s*:\s*"allow"`,
	`|"defaultMode"\s*:\s*"(?:bypassPermissions|acceptEdits|dontAsk|auto)"|\bbypassPermissions\b`,
	`|"(?:enableAllProjectMcpServers|skipDangerousModePermissionPrompt|skipPermissions|yolo|trust|autoAcceptEdits|dangerouslyDisableSandbox|allowUnsandboxedCommands)"\s*:\s*(?:true|$)`,
	`|"(?:chat\.tools\.(?:global\.)?autoApprove|chat\.tools\.terminal\.enableAutoApprove|[\w.-]*\.yolo|[\w.-]*dangerously[\w.-]*)"\s*:\s*true`,
	`|"security\.workspace\.trust\.enabled"\s*:\s*false|"task\.allowAutomaticTasks"\s*:\s*"on"`,
	`|"(?:autoApprove|alwaysAllow|autoApproved)"\s*:\s*(?:true|\[\s*(?:"|$))`,
	`|^\s*approval_policy\s*=\s*"never"|^\s*sandbox_mode\s*=\s*"danger-full-access"|^\s*network_access\s*=\s*true|^\s*yes-always\s*:\s*true`,
])

serves(where) if kinds.is_mcp(where)

serves(where) if {
	some line in where.change.added
	regex.match(`mcp_?servers|"mcp"\s*:`, lower(line.text))
}
