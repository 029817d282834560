#!/bin/sh
# Collects from one AWS account what accesspath reads, with the AWS CLI and jq.
# Every command only reads, and needs what "accesspath collect-script --policy"
# prints. Run it once for each account; run it in the management account, or in
# a delegated administrator's, for the organization and Identity Center.
#
#   sh collect.sh [DIRECTORY]       default: accesspath-data
#   accesspath who-can ACTION RESOURCE -i DIRECTORY
#
# Environment, besides that of the AWS CLI:
#   REGIONS="eu-west-1 us-east-1"   regions to look at; default: all enabled ones
#   USAGE=no                        leave out who last used which service, which takes longest
#
# A command that fails is named and noted in errors.log, and the rest goes on.

set -u
umask 077

out=${1:-accesspath-data}
AWS_PAGER=''
AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-10}
AWS_RETRY_MODE=${AWS_RETRY_MODE:-adaptive}
export AWS_PAGER AWS_MAX_ATTEMPTS AWS_RETRY_MODE

for tool in aws jq; do
  command -v "$tool" >/dev/null || { echo "error: $tool is not installed" >&2; exit 1; }
done
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

n=0          # files written
failures=0
broken=' '   # services of which a command failed
expect='' instead=''
secrets=.    # filter of what may hold secrets

# call runs aws; the answer is in $tmp/out.
call() {
  aws "$@" --output json </dev/null >"$tmp/out" 2>"$tmp/err" || return 1
  [ -s "$tmp/out" ] || echo '{}' >"$tmp/out"
}

# problem reports that the last call failed. Where AWS answers and the service
# does not, the region does not have it.
problem() {
  if grep -q 'Could not connect to the endpoint URL' "$tmp/err" && aws sts get-caller-identity </dev/null >/dev/null 2>&1; then
    return 0
  fi
  failures=$((failures + 1))
  broken="$broken$1 "
  {
    printf 'aws'
    printf ' %s' "$@"
    printf ' (%s): ' "$AWS_REGION"
    grep -v '^[[:space:]]*$' "$tmp/err" | tail -n 1
  } | tee -a "$dir/errors.log" >&2
}

# keep writes the answer, with what stands in $beside added to it, and notes for
# which services there is anything.
keep() {
  case $service in
  organizations | ec2 | autoscaling | lambda | rolesanywhere)
    if jq -e 'any(.[]?; (type == "array" or type == "object") and length > 0)' "$tmp/out" >/dev/null; then
      : >"$tmp/found.$service"
    fi
    ;;
  esac
  n=$((n + 1))
  jq -c --arg beside "$beside" \
    "(\$beside | split(\"\\n\") | map(select(. != \"\") | split(\"=\") | {key: .[0], value: (.[1:] | join(\"=\"))}) | from_entries) + . | $secrets" \
    "$tmp/out" >"$dir/$(printf '%06d' "$n")-$name.json"
}

# next reads the token of the next page, for commands whose pages the AWS CLI
# does not follow.
next() {
  last=$token
  token=''
  if grep -q '"[nN]extToken"' "$tmp/out"; then
    token=$(jq -r '.NextToken? // .nextToken? // empty' "$tmp/out")
  fi
  [ -n "$token" ] && [ "$token" != "$last" ]
}

# save NAME [KEY=VALUE...] -- ARGUMENTS writes the answer of one command, or its
# pages, to files of that name.
save() {
  name=$1
  shift
  beside=''
  while [ "$1" != -- ]; do
    beside="$beside$1
"
    shift
  done
  shift
  service=$1
  token=''
  while :; do
    if ! call "$@" ${token:+--next-token "$token"}; then
      if [ -n "$expect" ] && grep -Eq "$expect" "$tmp/err"; then
        [ -z "$instead" ] || { printf '%s' "$instead" >"$tmp/out"; keep; }
        return 0
      fi
      problem "$@"
      return 1
    fi
    keep
    next || return 0
  done
}

# save_else CODE JSON ... is save for commands that fail with CODE where there is
# nothing: JSON is written instead, or no file if it is empty.
save_else() {
  expect=$1 instead=$2
  shift 2
  save "$@"
  result=$?
  expect='' instead=''
  return "$result"
}

# lines FILE FILTER ARGUMENTS writes what the filter finds in the answer, of all
# pages, one a line.
lines() {
  file=$1 filter=$2
  shift 2
  : >"$file"
  token=''
  while :; do
    call "$@" ${token:+--next-token "$token"} || { problem "$@"; return 1; }
    jq -r "$filter" "$tmp/out" >>"$file"
    [ ! -s "$file" ] || : >"$tmp/found.$1"
    next || return 0
  done
}

# each NAME FILTER LIST OPTION DESCRIBE [KEY] asks about everything that a list
# names: LIST and DESCRIBE are two words each, KEY stands beside the answers.
each() {
  each_name=$1 each_option=$4 each_describe=$5 each_key=${6:-}
  # shellcheck disable=SC2086 # two words
  lines "$tmp/each" "$2" $3 || return 0
  while IFS= read -r item; do
    # shellcheck disable=SC2086
    save "$each_name" ${each_key:+"$each_key=$item"} -- $each_describe "$each_option" "$item"
  done <"$tmp/each"
}

iam_users() {
  lines "$tmp/users" '.Users[]? | [.UserName, .Arn] | @tsv' iam list-users || return 0
  while IFS="$tab" read -r user arn; do
    save access-keys UserName="$user" -- iam list-access-keys --user-name "$user"
    save mfa-devices UserName="$user" -- iam list-mfa-devices --user-name "$user"
    save_else NoSuchEntity '' login-profile -- iam get-login-profile --user-name "$user"
    save ssh-keys UserName="$user" -- iam list-ssh-public-keys --user-name "$user"
    save service-credentials UserName="$user" -- iam list-service-specific-credentials --user-name "$user"
    save signing-certificates UserName="$user" -- iam list-signing-certificates --user-name "$user"
    lines "$tmp/keys" '.AccessKeyMetadata[]?.AccessKeyId' iam list-access-keys --user-name "$user" || continue
    while IFS= read -r key; do
      save access-key-last-used AccessKeyId="$key" -- iam get-access-key-last-used --access-key-id "$key"
    done <"$tmp/keys"
  done <"$tmp/users"
}

iam_usage() {
  [ "${USAGE:-yes}" != no ] || return 0
  : >"$tmp/jobs"
  for list in list-users list-roles; do
    lines "$tmp/arns" '(.Users // .Roles)[]?.Arn' iam "$list" || continue
    while IFS= read -r arn; do
      call iam generate-service-last-accessed-details --arn "$arn" || { problem iam generate-service-last-accessed-details --arn "$arn"; continue; }
      jq -r --arg arn "$arn" '[.JobId, $arn] | @tsv' "$tmp/out" >>"$tmp/jobs"
    done <"$tmp/arns"
  done
  while IFS="$tab" read -r job arn; do
    tries=0
    while call iam get-service-last-accessed-details --job-id "$job" && [ "$(jq -r .JobStatus "$tmp/out")" = IN_PROGRESS ] && [ "$tries" -lt 30 ]; do
      tries=$((tries + 1))
      sleep 2
    done
    save service-last-accessed Arn="$arn" -- iam get-service-last-accessed-details --job-id "$job" --max-items 1000
  done <"$tmp/jobs"
}

iam_account() {
  save account-authorization-details -- iam get-account-authorization-details
  tries=0
  while call iam generate-credential-report && [ "$(jq -r .State "$tmp/out")" != COMPLETE ] && [ "$tries" -lt 30 ]; do
    tries=$((tries + 1))
    sleep 2
  done
  save credential-report -- iam get-credential-report
  save users -- iam list-users
  save roles -- iam list-roles
  save instance-profiles -- iam list-instance-profiles
  save virtual-mfa-devices -- iam list-virtual-mfa-devices
  save account-summary -- iam get-account-summary
  save_else NoSuchEntity '' password-policy -- iam get-account-password-policy
  save account-aliases AccountId="$account" -- iam list-account-aliases
  save server-certificates -- iam list-server-certificates
  save oidc-providers -- iam list-open-id-connect-providers
  each oidc-provider '.OpenIDConnectProviderList[]?.Arn' 'iam list-open-id-connect-providers' --open-id-connect-provider-arn 'iam get-open-id-connect-provider' OpenIDConnectProviderArn
  save saml-providers -- iam list-saml-providers
  each saml-provider '.SAMLProviderList[]?.Arn' 'iam list-saml-providers' --saml-provider-arn 'iam get-saml-provider' SAMLProviderArn
  iam_users
  iam_usage
}

# organization_node asks about a root or a unit, then about what is below.
organization_node() {
  organization_policies "$1"
  save units ParentId="$1" -- organizations list-organizational-units-for-parent --parent-id "$1"
  save accounts ParentId="$1" -- organizations list-accounts-for-parent --parent-id "$1"
  lines "$tmp/below" '.Accounts[]?.Id' organizations list-accounts-for-parent --parent-id "$1" || : >"$tmp/below"
  while IFS= read -r below; do
    organization_policies "$below"
  done <"$tmp/below"
  lines "$tmp/units.$1" '.OrganizationalUnits[]?.Id' organizations list-organizational-units-for-parent --parent-id "$1" || return 0
  while IFS= read -r unit; do
    organization_node "$unit"
  done <"$tmp/units.$1"
}

organization_policies() {
  for type in $types; do
    save policies-for-target TargetId="$1" Filter="$type" -- organizations list-policies-for-target --target-id "$1" --filter "$type"
  done
}

organization() {
  save_else AWSOrganizationsNotInUse '' organization -- organizations describe-organization || return 0
  [ -e "$tmp/found.organizations" ] || return 0
  if ! call organizations list-roots; then
    echo 'note: this account may not read the organization: no policies of the organization, no tree' >&2
    return 0
  fi
  service=organizations name=roots beside=''
  keep
  types=$(jq -r '.Roots[].PolicyTypes[] | select(.Status == "ENABLED") | .Type | select(. == "SERVICE_CONTROL_POLICY" or . == "RESOURCE_CONTROL_POLICY")' "$tmp/out")
  jq -r '.Roots[].Id' "$tmp/out" >"$tmp/roots"
  save accounts -- organizations list-accounts
  while IFS= read -r root; do
    organization_node "$root"
  done <"$tmp/roots"
  for type in $types; do
    lines "$tmp/policies" '.Policies[]?.Id' organizations list-policies --filter "$type" || continue
    while IFS= read -r policy; do
      save policy -- organizations describe-policy --policy-id "$policy"
      save targets-for-policy PolicyId="$policy" -- organizations list-targets-for-policy --policy-id "$policy"
    done <"$tmp/policies"
  done
  save delegated-administrators -- organizations list-delegated-administrators
  lines "$tmp/delegates" '.DelegatedAdministrators[]?.Id' organizations list-delegated-administrators || : >"$tmp/delegates"
  while IFS= read -r delegate; do
    save delegated-services AccountId="$delegate" -- organizations list-delegated-services-for-account --account-id "$delegate"
  done <"$tmp/delegates"
  save_else ResourcePolicyNotFound '' resource-policy -- organizations describe-resource-policy
  save_else 'OrganizationNot|AccountNotManagement|ServiceAccessNotEnabled' '' organizations-features -- iam list-organizations-features
}

buckets() {
  save_else NoSuchPublicAccessBlockConfiguration '{"PublicAccessBlockConfiguration":{}}' account-public-access-block AccountId="$account" -- \
    s3control get-public-access-block --account-id "$account"
  save buckets AccountId="$account" -- s3api list-buckets
  lines "$tmp/buckets" '.Buckets[]?.Name' s3api list-buckets || return 0
  while IFS= read -r bucket; do
    save_else NoSuchBucketPolicy '{"Policy":null}' bucket-policy Bucket="$bucket" AccountId="$account" -- s3api get-bucket-policy --bucket "$bucket"
    save_else NoSuchPublicAccessBlockConfiguration '{"PublicAccessBlockConfiguration":{}}' bucket-public-access-block Bucket="$bucket" AccountId="$account" -- \
      s3api get-public-access-block --bucket "$bucket"
    save_else OwnershipControlsNotFoundError '{"OwnershipControls":{"Rules":[]}}' bucket-ownership Bucket="$bucket" AccountId="$account" -- \
      s3api get-bucket-ownership-controls --bucket "$bucket"
    save bucket-acl Bucket="$bucket" AccountId="$account" -- s3api get-bucket-acl --bucket "$bucket"
  done <"$tmp/buckets"
}

access_points() {
  save access-points AccountId="$account" -- s3control list-access-points --account-id "$account" || return 0
  lines "$tmp/points" '.AccessPointList[]? | [.Name, .Bucket, .AccessPointArn] | @tsv' s3control list-access-points --account-id "$account" || return 0
  while IFS="$tab" read -r point bucket arn; do
    save_else NoSuchAccessPointPolicy '{"Policy":null}' access-point-policy Bucket="$bucket" AccessPointArn="$arn" -- \
      s3control get-access-point-policy --account-id "$account" --name "$point"
  done <"$tmp/points"
}

resource_policies() {
  lines "$tmp/kms" '.Keys[]?.KeyArn' kms list-keys || : >"$tmp/kms"
  while IFS= read -r key; do
    save key -- kms describe-key --key-id "$key"
    save key-policy KeyId="$key" -- kms get-key-policy --key-id "$key" --policy-name default
    save key-grants KeyId="$key" -- kms list-grants --key-id "$key"
  done <"$tmp/kms"
  lines "$tmp/queues" '.QueueUrls[]?' sqs list-queues || : >"$tmp/queues"
  while IFS= read -r queue; do
    save queue -- sqs get-queue-attributes --queue-url "$queue" --attribute-names All
  done <"$tmp/queues"
  each topic '.Topics[]?.TopicArn' 'sns list-topics' --topic-arn 'sns get-topic-attributes'
  each secret-policy '.SecretList[]?.ARN' 'secretsmanager list-secrets' --secret-id 'secretsmanager get-resource-policy'
  lines "$tmp/repositories" '.repositories[]? | [.repositoryName, .repositoryArn] | @tsv' ecr describe-repositories || : >"$tmp/repositories"
  while IFS="$tab" read -r repository arn; do
    save_else RepositoryPolicyNotFound '{"Policy":null}' repository-policy ResourceArn="$arn" -- ecr get-repository-policy --repository-name "$repository"
  done <"$tmp/repositories"
  save_else RegistryPolicyNotFound '' registry-policy Region="$AWS_REGION" -- ecr get-registry-policy
  save_else EntityNotFound '' catalog-policy ResourceArn="arn:$partition:glue:$AWS_REGION:$account:catalog" -- glue get-resource-policy
  lines "$tmp/tables" '.TableNames[]?' dynamodb list-tables || : >"$tmp/tables"
  while IFS= read -r table; do
    arn=arn:$partition:dynamodb:$AWS_REGION:$account:table/$table
    save_else PolicyNotFound '{"Policy":null}' table-policy ResourceArn="$arn" -- dynamodb get-resource-policy --resource-arn "$arn"
  done <"$tmp/tables"
}

# compute drops what programs are given: variables and parameters often are
# secrets, and say nothing about access.
compute() {
  secrets='walk(if type == "object" then del(.Environment, .environment, .UserData, .DefaultArguments, .NonOverridableArguments, .Parameters, .parameters, .Outputs, .definition, .secrets, .command, .RuntimeEnvironmentVariables, .environmentVariables, .HyperParameters, .AirflowConfigurationOptions) else . end)'
  carriers
  secrets=.
}

carriers() {
  save instances -- ec2 describe-instances
  # shellcheck disable=SC2016 # names of versions
  save launch-templates Region="$AWS_REGION" -- ec2 describe-launch-template-versions --versions '$Latest' '$Default'
  save launch-configurations -- autoscaling describe-launch-configurations
  save functions -- lambda list-functions
  lines "$tmp/functions" '.Functions[]?.FunctionArn' lambda list-functions || : >"$tmp/functions"
  while IFS= read -r function; do
    save_else ResourceNotFound '{"Policy":null}' function-policy ResourceArn="$function" -- lambda get-policy --function-name "$function"
  done <"$tmp/functions"
  each task-definition '.taskDefinitionArns[]?' 'ecs list-task-definitions' --task-definition 'ecs describe-task-definition'
  each build-project '.projects[]?' 'codebuild list-projects' --names 'codebuild batch-get-projects'
  each pipeline '.pipelines[]?.name' 'codepipeline list-pipelines' --name 'codepipeline get-pipeline'
  save glue-jobs Region="$AWS_REGION" -- glue get-jobs
  save glue-endpoints Region="$AWS_REGION" -- glue get-dev-endpoints
  save stacks -- cloudformation describe-stacks
  each notebook '.NotebookInstances[]?.NotebookInstanceName' 'sagemaker list-notebook-instances' --notebook-instance-name 'sagemaker describe-notebook-instance'
  each sagemaker-domain '.Domains[]?.DomainId' 'sagemaker list-domains' --domain-id 'sagemaker describe-domain'
  lines "$tmp/profiles" '.UserProfiles[]? | [.DomainId, .UserProfileName] | @tsv' sagemaker list-user-profiles || : >"$tmp/profiles"
  while IFS="$tab" read -r domain profile; do
    save sagemaker-profile -- sagemaker describe-user-profile --domain-id "$domain" --user-profile-name "$profile"
  done <"$tmp/profiles"
  lines "$tmp/training" '.TrainingJobSummaries[]?.TrainingJobName' sagemaker list-training-jobs --status-equals InProgress || : >"$tmp/training"
  while IFS= read -r job; do
    save training-job -- sagemaker describe-training-job --training-job-name "$job"
  done <"$tmp/training"
  each state-machine '.stateMachines[]?.stateMachineArn' 'stepfunctions list-state-machines' --state-machine-arn 'stepfunctions describe-state-machine'
  each apprunner-service '.ServiceSummaryList[]?.ServiceArn' 'apprunner list-services' --service-arn 'apprunner describe-service'
  clusters
  save job-definitions -- batch describe-job-definitions --status ACTIVE
  lines "$tmp/emr" '.Clusters[]?.Id' emr list-clusters --active || : >"$tmp/emr"
  while IFS= read -r cluster; do
    save emr-cluster -- emr describe-cluster --cluster-id "$cluster"
  done <"$tmp/emr"
  each bedrock-agent '.agentSummaries[]?.agentId' 'bedrock-agent list-agents' --agent-id 'bedrock-agent get-agent'
  each agent-runtime '.agentRuntimes[]?.agentRuntimeId' 'bedrock-agentcore-control list-agent-runtimes' --agent-runtime-id 'bedrock-agentcore-control get-agent-runtime'
  save activations Region="$AWS_REGION" AccountId="$account" -- ssm describe-activations
  each role-alias '.roleAliases[]?' 'iot list-role-aliases' --role-alias 'iot describe-role-alias'
  lines "$tmp/servers" '.Servers[]?.ServerId' transfer list-servers || : >"$tmp/servers"
  while IFS= read -r server; do
    lines "$tmp/logins" '.Users[]?.UserName' transfer list-users --server-id "$server" || continue
    while IFS= read -r login; do
      save transfer-user -- transfer describe-user --server-id "$server" --user-name "$login"
    done <"$tmp/logins"
  done <"$tmp/servers"
  each airflow '.Environments[]?' 'mwaa list-environments' --name 'mwaa get-environment'
}

clusters() {
  each eks-cluster '.clusters[]?' 'eks list-clusters' --name 'eks describe-cluster'
  lines "$tmp/eks" '.clusters[]?' eks list-clusters || : >"$tmp/eks"
  while IFS= read -r cluster; do
    lines "$tmp/pods" '.associations[]?.associationId' eks list-pod-identity-associations --cluster-name "$cluster" || : >"$tmp/pods"
    while IFS= read -r pod; do
      save pod-identity -- eks describe-pod-identity-association --cluster-name "$cluster" --association-id "$pod"
    done <"$tmp/pods"
    lines "$tmp/nodes" '.nodegroups[]?' eks list-nodegroups --cluster-name "$cluster" || : >"$tmp/nodes"
    while IFS= read -r group; do
      save nodegroup -- eks describe-nodegroup --cluster-name "$cluster" --nodegroup-name "$group"
    done <"$tmp/nodes"
    lines "$tmp/fargate" '.fargateProfileNames[]?' eks list-fargate-profiles --cluster-name "$cluster" || : >"$tmp/fargate"
    while IFS= read -r profile; do
      save fargate-profile -- eks describe-fargate-profile --cluster-name "$cluster" --fargate-profile-name "$profile"
    done <"$tmp/fargate"
  done <"$tmp/eks"
}

federation() {
  lines "$tmp/pools" '.IdentityPools[]?.IdentityPoolId' cognito-identity list-identity-pools --max-results 60 || : >"$tmp/pools"
  while IFS= read -r pool; do
    save identity-pool AccountId="$account" -- cognito-identity describe-identity-pool --identity-pool-id "$pool"
    save identity-pool-roles AccountId="$account" -- cognito-identity get-identity-pool-roles --identity-pool-id "$pool"
  done <"$tmp/pools"
  save trust-anchors -- rolesanywhere list-trust-anchors
  save anywhere-profiles -- rolesanywhere list-profiles
}

# identity_center asks about the instance, if it is in this region.
identity_center() {
  lines "$tmp/instances" '.Instances[]? | [.InstanceArn, .IdentityStoreId] | @tsv' sso-admin list-instances || return 0
  while IFS="$tab" read -r instance identities; do
    save identity-center -- sso-admin list-instances
    save permission-sets InstanceArn="$instance" -- sso-admin list-permission-sets --instance-arn "$instance" || continue
    lines "$tmp/sets" '.PermissionSets[]?' sso-admin list-permission-sets --instance-arn "$instance" || : >"$tmp/sets"
    while IFS= read -r set; do
      permission_set
    done <"$tmp/sets"
    save identity-users IdentityStoreId="$identities" -- identitystore list-users --identity-store-id "$identities"
    save identity-groups IdentityStoreId="$identities" -- identitystore list-groups --identity-store-id "$identities"
    lines "$tmp/groups" '.Groups[]?.GroupId' identitystore list-groups --identity-store-id "$identities" || : >"$tmp/groups"
    while IFS= read -r group; do
      save group-memberships GroupId="$group" IdentityStoreId="$identities" -- identitystore list-group-memberships --identity-store-id "$identities" --group-id "$group"
    done <"$tmp/groups"
  done <"$tmp/instances"
}

permission_set() {
  save permission-set -- sso-admin describe-permission-set --instance-arn "$instance" --permission-set-arn "$set"
  save permission-set-inline PermissionSetArn="$set" -- sso-admin get-inline-policy-for-permission-set --instance-arn "$instance" --permission-set-arn "$set"
  save permission-set-managed PermissionSetArn="$set" -- sso-admin list-managed-policies-in-permission-set --instance-arn "$instance" --permission-set-arn "$set"
  save permission-set-customer PermissionSetArn="$set" -- sso-admin list-customer-managed-policy-references-in-permission-set --instance-arn "$instance" --permission-set-arn "$set"
  save_else ResourceNotFound '' permission-set-boundary PermissionSetArn="$set" -- \
    sso-admin get-permissions-boundary-for-permission-set --instance-arn "$instance" --permission-set-arn "$set"
  lines "$tmp/provisioned" '.AccountIds[]?' sso-admin list-accounts-for-provisioned-permission-set --instance-arn "$instance" --permission-set-arn "$set" || return 0
  while IFS= read -r target; do
    save assignments AccountId="$target" PermissionSetArn="$set" -- \
      sso-admin list-account-assignments --instance-arn "$instance" --account-id "$target" --permission-set-arn "$set"
  done <"$tmp/provisioned"
}

# covered SECTION SERVICE... says that all of a section was read: in every region
# that is enabled, without a failure.
covered() {
  section=$1 state=known-empty
  shift
  for s in "$@"; do
    case $broken in *" $s "*) return 0 ;; esac
    [ ! -e "$tmp/found.$s" ] || state=present
  done
  coverage=$(jq -cn --argjson c "$coverage" --arg k "$section" --arg v "$state" '$c + {($k): $v}')
}

tab=$(printf '\t')
AWS_REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
export AWS_REGION
if ! call sts get-caller-identity; then
  cat "$tmp/err" >&2
  echo 'error: the AWS CLI has no working credentials' >&2
  exit 1
fi
account=$(jq -r .Account "$tmp/out")
partition=$(jq -r .Arn "$tmp/out" | cut -d: -f2)
dir=$out/$account
mkdir -p "$dir" || exit 1
rm -f "$dir"/[0-9][0-9][0-9][0-9][0-9][0-9]-*.json "$dir/errors.log"
service=sts name=caller-identity beside=''
keep

echo "account $account: IAM" >&2
iam_account
echo "account $account: organization" >&2
organization
echo "account $account: buckets" >&2
buckets
enabled=yes
if [ -n "${REGIONS:-}" ]; then
  enabled=no
  # shellcheck disable=SC2086 # one a line
  printf '%s\n' $REGIONS >"$tmp/regions"
else
  lines "$tmp/regions" '.Regions[]?.RegionName' ec2 describe-regions || { enabled=no; echo "$AWS_REGION" >"$tmp/regions"; }
fi
while IFS= read -r AWS_REGION; do
  AWS_DEFAULT_REGION=$AWS_REGION
  export AWS_REGION AWS_DEFAULT_REGION
  echo "account $account: $AWS_REGION" >&2
  access_points
  resource_policies
  compute
  federation
  identity_center
done <"$tmp/regions"

if [ "$enabled" = yes ]; then
  coverage='{}'
  covered compute:ec2 ec2 autoscaling
  covered compute:lambda lambda
  covered compute:codebuild codebuild
  covered compute:states stepfunctions
  covered compute:apprunner apprunner
  covered roles-anywhere rolesanywhere
  covered identity-pools cognito-identity
  n=$((n + 1))
  jq -cn --arg id "$account" --argjson c "$coverage" '{schema: "accesspath.snapshot/1", accounts: [{id: $id, coverage: $c}]}' >"$dir/$(printf '%06d' "$n")-coverage.json"
fi
echo "$n files in $dir" >&2
[ "$failures" -eq 0 ] || echo "$failures commands failed, see $dir/errors.log; accesspath counts what is missing as unknown" >&2
