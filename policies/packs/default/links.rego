# METADATA
# title: Symbolic links
# description: Where a link points, by its text alone; what is on disk is never asked.
package cabincrew.links

# Absolute on Unix or Windows.
leaves(target, _) if regex.match(`^(/|\\|[A-Za-z]:)`, target)

# Or so many ".." that some beginning of the path climbs above the workspace; depth is how deep the link itself lies.
leaves(target, depth) if {
	steps := [step | some name in split(target, "/"); step := step_of(name)]
	some end in numbers.range(1, count(steps))
	depth + sum(array.slice(steps, 0, end)) < 0
}

step_of("..") := -1

step_of(name) := 0 if name in {"", "."}

step_of(name) := 1 if not name in {"", ".", ".."}
