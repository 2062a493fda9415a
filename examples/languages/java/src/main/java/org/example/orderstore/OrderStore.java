package org.example.orderstore;

import io.github.cdkoutboxtable.NakadiCredentials;
import io.github.cdkoutboxtable.NakadiDestination;
import io.github.cdkoutboxtable.OAuth2ClientCredentialsOptions;
import io.github.cdkoutboxtable.OutboxTable;
import java.util.List;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.dynamodb.Attribute;
import software.amazon.awscdk.services.dynamodb.AttributeType;
import software.amazon.awscdk.services.secretsmanager.ISecret;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.constructs.Construct;

/** The orders of a shop. Whoever needs to know of them listens to the event type. */
public final class OrderStore extends Stack {
    private final OutboxTable orders;

    public OrderStore(final Construct scope, final String id) {
        super(scope, id);

        final ISecret client = Secret.fromSecretNameV2(this, "NakadiClient", "order-store/nakadi-client");
        orders = OutboxTable.Builder.create(this, "Orders")
                .partitionKey(stringKey("customerId"))
                .sortKey(stringKey("orderId"))
                .timeToLiveAttribute("deleteAfter")
                .destination(NakadiDestination.builder()
                        .endpoint("https://nakadi.example.org")
                        .eventType("order-store.order-changed")
                        .dataType("order")
                        .credentials(NakadiCredentials.oauth2ClientCredentials(OAuth2ClientCredentialsOptions.builder()
                                .secret(client)
                                .tokenEndpoint("https://identity.example.org/oauth2/access_token")
                                .scopes(List.of("nakadi.event_stream.write"))
                                .build()))
                        .build())
                .build();
    }

    public OutboxTable getOrders() {
        return orders;
    }

    private static Attribute stringKey(final String name) {
        return Attribute.builder().name(name).type(AttributeType.STRING).build();
    }

    public static void main(final String[] args) {
        final App app = new App();
        new OrderStore(app, "OrderStore");
        app.synth();
    }
}
