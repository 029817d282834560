package query

import "maps"

// AccountOwner names the owner of an account that is published by its owner: most
// third parties print the account id that customers have to trust in their own
// setup guides. "" says that the id is not known here, which is no verdict. What
// is AWS's own begins with "AWS".
func AccountOwner(account string) string { return owners[account] }

// AccountOwners lists the accounts that AccountOwner knows, by id.
func AccountOwners() map[string]string { return maps.Clone(owners) }

// awsOwner is what the names of AWS's own accounts begin with.
const awsOwner = "AWS"

// owners are accounts by id. An entry is added with the owner's own
// documentation at hand; the list names owners and vouches for nobody.
var owners = map[string]string{
	"008923505280": "Grafana Labs",
	"012615275169": "Tenable",
	"027434742980": "AWS (load balancer logs)",
	"033677994240": "AWS (load balancer logs)",
	"085540434294": "Drata",
	"086441151436": "AWS (CloudTrail)",
	"127311923021": "AWS (load balancer logs)",
	"147995105371": "Trend Micro",
	"165736516723": "Apptio Cloudability",
	"188619942792": "Prisma Cloud (Palo Alto Networks)",
	"193672423079": "AWS (Redshift logs)",
	"202279780353": "nOps",
	"205767712438": "Qualys",
	"282028653949": "LogicMonitor",
	"292230061137": "CrowdStrike",
	"324880187172": "Spacelift",
	"336818582268": "Rapid7",
	"352813966189": "CloudCheckr",
	"386209384616": "AWS (billing)",
	"414351767826": "Databricks",
	"434813966438": "Lacework (Fortinet)",
	"454464851268": "CloudHealth (VMware)",
	"464622532012": "Datadog",
	"509560245411": "Dynatrace",
	"536727724300": "MongoDB Atlas",
	"634729597623": "Check Point CloudGuard",
	"754728514883": "New Relic",
	"758245563457": "Check Point",
	"797873946194": "AWS (load balancer logs)",
	"834469178297": "Fivetran",
	"922761411349": "Spot by NetApp",
	"926226587429": "Sumo Logic",
	"956882708938": "Sumo Logic",
	"956993596390": "Vanta",
	"976280145156": "Orca Security",
}
