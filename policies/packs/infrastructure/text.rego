# METADATA
# title: Configuration text
# description: >-
#   The few things that are plain from added and removed lines of configuration; everything else is judged in the plan that it
#   leads to.
package cabincrew.text

files := [artifact |
	some artifact in input.artifacts
	regex.match(`\.(tf|tofu)$`, artifact.change.path)
]

guarded(lines) := count([line | some line in lines; regex.match(`^\s*prevent_destroy\s*=\s*true\b`, line.text)])

# More guards removed than added: a moved one is none.
unguarded(change) if guarded(change.removed) > guarded(change.added)

opens(artifact, line) if {
	regex.match(`^\s*(cidr_blocks|ipv6_cidr_blocks|cidr_ipv4|cidr_ipv6|source_ranges|source_address_prefix|source_address_prefixes)\s*=.*("0\.0\.0\.0/0"|"::/0"|"\*")`, line.text)
	not outward(object.get(artifact, "text", ""), line.line)
}

# Traffic that leaves, by the nearest line above that says which way it goes.
outward(text, number) if {
	above := [{"at": i, "text": line} |
		some i, line in split(text, "\n")
		i < number
		regex.match(`^\s*(ingress|egress)\s*\{|^\s*type\s*=\s*"(ingress|egress)"|^\s*direction\s*=|^\s*resource\s+"`, line)
	]
	nearest := above[count(above) - 1]
	regex.match(`(?i)egress|outbound|route`, nearest.text)
}
