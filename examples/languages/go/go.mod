module example.org/order-store

go 1.25

require (
	github.com/aws/aws-cdk-go/awscdk/v2 v2.257.0
	github.com/aws/constructs-go/constructs/v10 v10.5.1
	github.com/aws/jsii-runtime-go v1.140.0
	github.com/cdk-outbox-table/cdk-outbox-table-go/cdkoutboxtable v0.1.0
)
