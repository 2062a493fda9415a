package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	outbox "github.com/cdk-outbox-table/cdk-outbox-table-go/cdkoutboxtable"
)

// NewOrderStore defines the orders of a shop. Whoever needs to know of them listens to the event type.
func NewOrderStore(scope constructs.Construct, id string) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, nil)

	client := awssecretsmanager.Secret_FromSecretNameV2(stack, jsii.String("NakadiClient"), jsii.String("order-store/nakadi-client"))
	outbox.NewOutboxTable(stack, jsii.String("Orders"), &outbox.OutboxTableProps{
		PartitionKey:        stringKey("customerId"),
		SortKey:             stringKey("orderId"),
		TimeToLiveAttribute: jsii.String("deleteAfter"),
		Destination: &outbox.NakadiDestination{
			Endpoint:  jsii.String("https://nakadi.example.org"),
			EventType: jsii.String("order-store.order-changed"),
			DataType:  jsii.String("order"),
			Credentials: outbox.NakadiCredentials_Oauth2ClientCredentials(&outbox.OAuth2ClientCredentialsOptions{
				Secret:        client,
				TokenEndpoint: jsii.String("https://identity.example.org/oauth2/access_token"),
				Scopes:        jsii.Strings("nakadi.event_stream.write"),
			}),
		},
	})
	return stack
}

func stringKey(name string) *awsdynamodb.Attribute {
	return &awsdynamodb.Attribute{Name: jsii.String(name), Type: awsdynamodb.AttributeType_STRING}
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	NewOrderStore(app, "OrderStore")
	app.Synth(nil)
}
