# METADATA
# title: Versions
# description: Which of two versions is the lower, for versions that begin with numbers.
package cabincrew.versions

lower_than(new, old) if {
	shared := min([count(release(new)), count(release(old))])
	shared > 0
	array.slice(release(new), 0, shared) < array.slice(release(old), 0, shared)
}

lower_than(new, old) if {
	release(new) == release(old)
	contains(new, "-")
	not contains(old, "-")
}

# 1.10.2-rc.1 is [1, 10, 2]; a part that is no number ends what can be compared.
release(version) := [to_number(digits(part)) |
	parts := split(regex.split(`[-+]`, trim_left(version, "v"))[0], ".")
	some i, part in parts
	every earlier in array.slice(parts, 0, i + 1) {
		regex.match(`^[0-9]{1,9}$`, earlier)
	}
]

digits(part) := trimmed if {
	trimmed := trim_left(part, "0")
	trimmed != ""
}

digits(part) := "0" if trim_left(part, "0") == ""
