package policy

import "strings"

// KeyInfo is one row of the condition-key table (section 10.4): who determines
// the key's value, and whether it is a set.
type KeyInfo struct {
	Name        string // spelled as AWS does; for families the prefix up to the slash
	Class       Class
	Multivalued bool
	Family      bool // Name is a prefix, such as aws:PrincipalTag/
	InTable     bool // false for keys that nobody listed (CKEY-61, CKEY-63)
}

// display is the key as answers show it: AWS's spelling where known.
func (k KeyInfo) display(written string) string {
	switch {
	case !k.InTable:
		return written
	case k.Family && len(written) >= len(k.Name):
		return k.Name + written[len(k.Name):]
	}
	return k.Name
}

// keyTable is CKEY-01 to CKEY-65. Prefix families end in "/", ":" or "*".
var keyTable = []KeyInfo{
	{Name: "aws:PrincipalArn", Class: ClassPrincipal},
	{Name: "aws:PrincipalAccount", Class: ClassPrincipal},
	{Name: "aws:PrincipalOrgID", Class: ClassPrincipal},
	{Name: "aws:PrincipalOrgPaths", Class: ClassPrincipal, Multivalued: true},
	{Name: "aws:PrincipalTag/", Class: ClassSession, Family: true},
	{Name: "aws:PrincipalType", Class: ClassPrincipal},
	{Name: "aws:userid", Class: ClassSession},
	{Name: "aws:username", Class: ClassPrincipal},
	{Name: "aws:PrincipalIsAWSService", Class: ClassPrincipal},
	{Name: "aws:PrincipalServiceName", Class: ClassService},
	{Name: "aws:PrincipalServiceNamesList", Class: ClassService, Multivalued: true},
	{Name: "aws:MultiFactorAuthPresent", Class: ClassMFA},
	{Name: "aws:MultiFactorAuthAge", Class: ClassMFA},
	{Name: "aws:TokenIssueTime", Class: ClassSession},
	{Name: "aws:SourceIdentity", Class: ClassSession},
	{Name: "aws:FederatedProvider", Class: ClassSession},
	{Name: "aws:AssumedRoot", Class: ClassSession},
	{Name: "aws:SignInSessionArn", Class: ClassSession},
	{Name: "aws:ChatbotSourceArn", Class: ClassSession},
	{Name: "aws:Ec2InstanceSourceVpc", Class: ClassSession},
	{Name: "aws:Ec2InstanceSourcePrivateIPv4", Class: ClassSession},
	{Name: "ec2:SourceInstanceArn", Class: ClassSession},
	{Name: "ec2:RoleDelivery", Class: ClassSession},
	{Name: "lambda:SourceFunctionArn", Class: ClassSession},
	{Name: "ssm:SourceInstanceArn", Class: ClassSession},
	{Name: "identitystore:UserId", Class: ClassIDP},
	{Name: "identitystore:IdentityStoreArn", Class: ClassIDP},
	{Name: SessionNameKey, Class: ClassSession},
	{Name: "aws:SourceIp", Class: ClassNetwork},
	{Name: "aws:SourceVpc", Class: ClassNetwork},
	{Name: "aws:SourceVpce", Class: ClassNetwork},
	{Name: "aws:SourceVpcArn", Class: ClassNetwork},
	{Name: "aws:VpcSourceIp", Class: ClassNetwork},
	{Name: "aws:VpceAccount", Class: ClassNetwork},
	{Name: "aws:VpceOrgID", Class: ClassNetwork},
	{Name: "aws:VpceOrgPaths", Class: ClassNetwork, Multivalued: true},
	{Name: "aws:CurrentTime", Class: ClassTime},
	{Name: "aws:EpochTime", Class: ClassTime},
	{Name: "aws:SecureTransport", Class: ClassRequest},
	{Name: "aws:UserAgent", Class: ClassRequest},
	{Name: "aws:Referer", Class: ClassRequest},
	{Name: "aws:RequestedRegion", Class: ClassRequest},
	{Name: "aws:RequestTag/", Class: ClassRequest, Family: true},
	{Name: "aws:TagKeys", Class: ClassRequest, Multivalued: true},
	{Name: "aws:ResourceTag/", Class: ClassResource, Family: true},
	{Name: "aws:ResourceAccount", Class: ClassResource},
	{Name: "aws:ResourceOrgID", Class: ClassResource},
	{Name: "aws:ResourceOrgPaths", Class: ClassResource, Multivalued: true},
	{Name: "aws:ViaAWSService", Class: ClassService},
	{Name: "aws:CalledVia", Class: ClassService, Multivalued: true},
	{Name: "aws:CalledViaFirst", Class: ClassService},
	{Name: "aws:CalledViaLast", Class: ClassService},
	{Name: "aws:ViaAWSMCPService", Class: ClassService},
	{Name: "aws:CalledViaAWSMCP", Class: ClassService},
	{Name: "aws:SourceArn", Class: ClassService},
	{Name: "aws:SourceAccount", Class: ClassService},
	{Name: "aws:SourceOrgID", Class: ClassService},
	{Name: "aws:SourceOrgPaths", Class: ClassService, Multivalued: true},
	{Name: "aws:SourceOwner", Class: ClassService},
	{Name: "sts:ExternalId", Class: ClassKnowledge},
	{Name: "sts:RoleSessionName", Class: ClassRequest},
	{Name: "sts:SourceIdentity", Class: ClassRequest},
	{Name: "sts:TransitiveTagKeys", Class: ClassRequest, Multivalued: true},
	{Name: "sts:DurationSeconds", Class: ClassRequest},
	{Name: "sts:TaskPolicyArn", Class: ClassRequest},
	{Name: "sts:AWSServiceName", Class: ClassService},
	{Name: "sts:RequestContextProviders", Class: ClassService, Multivalued: true},
	{Name: "sts:RequestContext/", Class: ClassService, Family: true},
	{Name: "iam:PassedToService", Class: ClassRequest},
	{Name: "iam:AssociatedResourceArn", Class: ClassRequest},
	{Name: "iam:PermissionsBoundary", Class: ClassRequest},
	{Name: "iam:PolicyARN", Class: ClassRequest},
	{Name: "iam:ResourceTag/", Class: ClassResource, Family: true},
	{Name: "iam:AWSServiceName", Class: ClassRequest},
	{Name: "iam:OrganizationsPolicyId", Class: ClassRequest},
	{Name: "iam:DelegationDuration", Class: ClassRequest},
	{Name: "iam:ServiceSpecificCredentialAgeDays", Class: ClassRequest},
	{Name: "iam:ServiceSpecificCredentialServiceName", Class: ClassRequest},
	{Name: "s3:ExistingObjectTag/", Class: ClassResource, Family: true},
	{Name: "s3:ResourceAccount", Class: ClassResource},
	{Name: "s3:DataAccessPointAccount", Class: ClassResource},
	{Name: "s3:DataAccessPointArn", Class: ClassResource},
	{Name: "s3:AccessPointNetworkOrigin", Class: ClassResource},
	{Name: "s3:RequestObjectTagKeys", Class: ClassRequest, Multivalued: true},
	{Name: "s3:RequestObjectTag/", Class: ClassRequest, Family: true},
	{Name: "s3:", Class: ClassRequest, Family: true},
	{Name: "kms:ViaService", Class: ClassService},
	{Name: "kms:CallerAccount", Class: ClassPrincipal},
	{Name: "kms:EncryptionContext:", Class: ClassRequest, Family: true},
	{Name: "kms:EncryptionContextKeys", Class: ClassRequest, Multivalued: true},
	{Name: "kms:GrantOperations", Class: ClassRequest, Multivalued: true},
	{Name: "kms:GrantConstraintType", Class: ClassRequest},
	{Name: "kms:GranteePrincipal", Class: ClassRequest},
	{Name: "kms:RetiringPrincipal", Class: ClassRequest},
	{Name: "kms:GrantIsForAWSResource", Class: ClassService},
	{Name: "kms:RequestAlias", Class: ClassRequest},
	{Name: "kms:ResourceAliases", Class: ClassResource, Multivalued: true},
	{Name: "secretsmanager:ResourceTag/", Class: ClassResource, Family: true},
	{Name: "secretsmanager:", Class: ClassRequest, Family: true},
	{Name: "lambda:FunctionUrlAuthType", Class: ClassRequest},
	{Name: "lambda:FunctionArn", Class: ClassRequest},
	{Name: "lambda:Principal", Class: ClassRequest},
	{Name: "sns:Protocol", Class: ClassRequest},
	{Name: "sns:Endpoint", Class: ClassRequest},
	{Name: "ec2:ResourceTag/", Class: ClassResource, Family: true},
	{Name: "ssm:resourceTag/", Class: ClassResource, Family: true},
	{Name: "glue:RoleAssumedBy", Class: ClassService},
	{Name: "glue:CredentialIssuingService", Class: ClassService},
	{Name: "SAML:edupersonorgdn", Class: ClassIDP, Multivalued: true},
	{Name: "SAML:", Class: ClassIDP, Family: true},
}

// exactKeys and keyFamilies index keyTable by lower-case name.
var exactKeys, keyFamilies = indexKeys()

func indexKeys() (map[string]KeyInfo, []KeyInfo) {
	exact := make(map[string]KeyInfo, len(keyTable))
	var families []KeyInfo
	for _, k := range keyTable {
		k.InTable = true
		if k.Family {
			families = append(families, k)
		} else {
			exact[strings.ToLower(k.Name)] = k
		}
	}
	return exact, families
}

// idpSuffixes are claims that web identity providers put behind their URL
// (CKEY-48, CKEY-49).
var idpSuffixes = []string{":aud", ":sub", ":amr", ":azp", ":oaud", ":id", ":email", ":app_id", ":user_id"}

// KeyInfoOf looks a key up, ignoring case. Keys that no table lists are of
// class DATA (CKEY-61, CKEY-63).
func KeyInfoOf(key string) KeyInfo {
	lower := strings.ToLower(key)
	if k, ok := exactKeys[lower]; ok {
		return k
	}
	for _, f := range keyFamilies {
		if len(lower) >= len(f.Name) && strings.EqualFold(lower[:len(f.Name)], f.Name) {
			return f
		}
	}
	if isIDPKey(lower) {
		return KeyInfo{Name: key, Class: ClassIDP, Multivalued: strings.HasSuffix(lower, ":amr"), Family: false}
	}
	return KeyInfo{Name: key, Class: ClassData}
}

// isIDPKey reports whether a key is a claim of a web identity provider: the
// prefix is a host, perhaps with a path.
func isIDPKey(lower string) bool {
	prefix, _, ok := strings.Cut(lower, ":")
	if !ok {
		return false
	}
	if strings.Contains(prefix, ".") {
		return true
	}
	for _, s := range idpSuffixes {
		if strings.HasSuffix(lower, s) && strings.Contains(prefix, "/") {
			return true
		}
	}
	return false
}
