from aws_cdk import App, Stack
from aws_cdk.aws_dynamodb import Attribute, AttributeType
from aws_cdk.aws_secretsmanager import Secret
from cdk_outbox_table import NakadiCredentials, NakadiDestination, OutboxTable
from constructs import Construct


class OrderStore(Stack):
    """The orders of a shop. Whoever needs to know of them listens to the event type."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)

        client = Secret.from_secret_name_v2(self, "NakadiClient", "order-store/nakadi-client")
        self.orders = OutboxTable(
            self,
            "Orders",
            partition_key=Attribute(name="customerId", type=AttributeType.STRING),
            sort_key=Attribute(name="orderId", type=AttributeType.STRING),
            time_to_live_attribute="deleteAfter",
            destination=NakadiDestination(
                endpoint="https://nakadi.example.org",
                event_type="order-store.order-changed",
                data_type="order",
                credentials=NakadiCredentials.oauth2_client_credentials(
                    secret=client,
                    token_endpoint="https://identity.example.org/oauth2/access_token",
                    scopes=["nakadi.event_stream.write"],
                ),
            ),
        )


app = App()
OrderStore(app, "OrderStore")
app.synth()
