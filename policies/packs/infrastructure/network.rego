# METADATA
# title: Openings
# description: Which ports of which resource anybody may reach, for the firewalls of AWS, Azure and Google Cloud.
package cabincrew.network

import data.cabincrew.plans
import data.cabincrew.problem

# Of any firewall rule: who (cidr), which ports, and where it stands.
openings contains opening(n, ["ingress", i, field, j], cidr, aws_ports(block)) if {
	some n, one in plans.values
	one.resource.type in {"aws_security_group", "aws_default_security_group"}
	some i, block in one.value.ingress
	some field in ["cidr_blocks", "ipv6_cidr_blocks"]
	some j, cidr in block[field]
}

openings contains opening(n, [field, j], cidr, aws_ports(one.value)) if {
	some n, one in plans.values
	one.resource.type == "aws_security_group_rule"
	one.value.type == "ingress"
	some field in ["cidr_blocks", "ipv6_cidr_blocks"]
	some j, cidr in one.value[field]
}

openings contains opening(n, [field], one.value[field], aws_ports(one.value)) if {
	some n, one in plans.values
	one.resource.type == "aws_vpc_security_group_ingress_rule"
	some field in ["cidr_ipv4", "cidr_ipv6"]
	is_string(one.value[field])
}

openings contains opening(n, ["source_ranges", i], cidr, google_ports(allowed)) if {
	some n, one in plans.values
	one.resource.type == "google_compute_firewall"
	object.get(one.value, "direction", "INGRESS") != "EGRESS"
	object.get(one.value, "disabled", false) != true
	some i, cidr in one.value.source_ranges
	some allowed in one.value.allow
	not ping(allowed)
}

openings contains opening(n, [], source, azure_ports(one.value)) if {
	some n, one in plans.values
	one.resource.type == "azurerm_network_security_rule"
	some source in azure_sources(one.value)
}

openings contains opening(n, ["security_rule", i], source, azure_ports(block)) if {
	some n, one in plans.values
	one.resource.type == "azurerm_network_security_group"
	some i, block in one.value.security_rule
	some source in azure_sources(block)
}

opening(n, path, cidr, ports) := {"n": n, "path": path, "cidr": cidr, "ports": ports}

aws_ports(block) := [[0, 65535]] if protocol(block) in {"-1", "all"}

aws_ports(block) := [[block.from_port, block.to_port]] if {
	not protocol(block) in {"-1", "all", "icmp", "icmpv6", "1", "58"}
	is_number(block.from_port)
	is_number(block.to_port)
}

protocol(block) := sprintf("%v", [block.protocol])

protocol(block) := sprintf("%v", [block.ip_protocol]) if not block.protocol

google_ports(allowed) := [range | some text in allowed.ports; range := range_of(text)] if count(allowed.ports) > 0

google_ports(allowed) := [[0, 65535]] if count(object.get(allowed, "ports", [])) == 0

# What says no protocol opens all of them.
ping(rule) if lower(rule.protocol) in {"icmp", "58"}

azure_sources(rule) := array.concat(
	[source | source := rule.source_address_prefix; is_string(source)],
	[source | some source in rule.source_address_prefixes],
) if {
	lower(rule.access) == "allow"
	lower(rule.direction) == "inbound"
	not ping(rule)
}

azure_ports(rule) := array.concat(
	[range | range := range_of(rule.destination_port_range)],
	[range | some text in rule.destination_port_ranges; range := range_of(text)],
)

range_of("*") := [0, 65535]

range_of(text) := [to_number(ends[0]), to_number(ends[count(ends) - 1])] if {
	regex.match(`^\s*[0-9]+\s*(-\s*[0-9]+\s*)?$`, text)
	ends := [trim_space(part) | some part in split(text, "-")]
}

anybody(cidr) if lower(cidr) in {"*", "internet", "any"}

# The halves of all addresses are all addresses too; no network of one's own is as wide as this.
anybody(cidr) if {
	[address, bits] := split(cidr, "/")
	contains(address, ".")
	to_number(bits) < 8
}

anybody(cidr) if {
	[address, bits] := split(cidr, "/")
	contains(address, ":")
	not regex.match(`(?i)^f[cde]`, address)
	to_number(bits) < 16
}

problems contains problem.of(plans.values[found.n], rule, found.path, text) if {
	some found in openings
	anybody(found.cidr)
	some range in found.ports
	rule := exposure(range)
	text := sprintf("opens %s to %s", [ports_text(range), found.cidr])
}

exposure(range) := "public-ingress" if sensitive(range)

exposure(range) := "public-port" if {
	not sensitive(range)
	not meant_for_everybody(range)
}

sensitive([low, high]) if high - low > data.thresholds.open_ports

sensitive([low, high]) if {
	some port, true in data.lists.sensitive_ports
	to_number(port) >= low
	to_number(port) <= high
}

meant_for_everybody([port, port]) if data.lists.public_ports[format_int(port, 10)] == true

ports_text([port, port]) := sprintf("port %v", [port])

ports_text([low, high]) := "every port" if {
	low <= 1
	high >= 65535
}

ports_text([low, high]) := sprintf("ports %v to %v", [low, high]) if {
	low != high
	not high - low >= 65534
}
