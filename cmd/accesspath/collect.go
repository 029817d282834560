package main

import (
	"context"
	"io"

	"accesspath/internal/collecting"

	"github.com/spf13/cobra"
)

func newCollectScript(e *env) *cobra.Command {
	var (
		policy bool
		file   string
	)
	cmd := &cobra.Command{
		Use:   "collect-script",
		Short: "Print a shell script that collects all inputs with the AWS CLI",
		Long: `collect-script prints a POSIX shell script that asks the AWS CLI for everything
that accesspath reads of one account: IAM and its credentials, the organization,
resource policies, compute, identity providers and Identity Center. It only
reads, writes one file for each command, and needs jq. With --policy the IAM
policy is printed that running it takes.`,
		Example: `  accesspath collect-script -o collect.sh
  AWS_PROFILE=audit sh collect.sh accesspath-data
  accesspath review -i accesspath-data`,
		Args: takes(),
		RunE: e.runner(func(context.Context, []string) error {
			return e.write(file, func(w io.Writer) error {
				text := collecting.Script
				if policy {
					text = collecting.Policy
				}
				_, err := io.WriteString(w, text)
				return err
			})
		}),
	}
	cmd.Flags().BoolVar(&policy, "policy", false, "print the IAM policy instead")
	cmd.Flags().StringVarP(&file, "output", "o", "", "file to write (default standard output)")
	return cmd
}
