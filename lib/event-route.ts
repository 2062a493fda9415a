import type { EventOptions } from './event-options';
import type { RouteConditionConfig } from './private/handler-contract';

/**
 * Which items a route is for.
 */
export class RouteCondition {
  /**
   * Items of which a key attribute starts like this, for instance `RouteCondition.keyStartsWith('PK', 'ORDER#')`.
   *
   * @param attribute name of the partition key or of the sort key; it must be a string
   * @param prefix beginning of its value
   */
  public static keyStartsWith(attribute: string, prefix: string): RouteCondition {
    return new RouteCondition({ type: 'key-starts-with', attribute, value: prefix });
  }

  /**
   * Items of which an attribute is this text, for instance `RouteCondition.attributeEquals('type', 'order')`. After a deletion the last image
   * decides, else the new one.
   *
   * @param attribute name of the attribute
   * @param value its value
   */
  public static attributeEquals(attribute: string, value: string): RouteCondition {
    return new RouteCondition({ type: 'attribute-equals', attribute, value });
  }

  // A private field keeps the compiler from taking anything else for one of these.
  private readonly config: RouteConditionConfig;

  private constructor(config: RouteConditionConfig) {
    this.config = config;
  }

  /** @internal */
  public get _config(): RouteConditionConfig {
    return this.config;
  }
}

/**
 * Sends some of a table's items to an event type of their own. What it does not say is as the destination says; what the destination
 * excludes (`excludeAttributes`), a route excludes too, besides what it excludes itself.
 */
export interface EventRoute extends EventOptions {
  /**
   * Which items take this route. No item may meet the conditions of two routes; where only a run can tell, the first route wins.
   */
  readonly condition: RouteCondition;

  /**
   * Name of the event type. It must exist, with category `data`. Routes to one event type have one `cleanupPolicy`.
   */
  readonly eventType: string;
}

/**
 * What happens to items that no route is for.
 */
export enum UnroutedItems {
  /**
   * They are not published. Where it can be, the event source mapping filters them out before they cost an invocation.
   */
  DROP = 'drop',

  /**
   * They are parked with the reason that no route is for them.
   */
  REFUSE = 'refuse',
}
