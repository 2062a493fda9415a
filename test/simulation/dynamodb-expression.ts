/** A row of a table in the document client's form. */
export type Row = Readonly<Record<string, unknown>>;

/** What a command's expressions refer to. */
export interface Names {
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** An error as DynamoDB answers. */
export class DynamoDbError extends Error {
  readonly CancellationReasons?: readonly { readonly Code: string }[];

  constructor(name: string, message: string, reasons?: readonly string[]) {
    super(message);
    this.name = name;
    this.CancellationReasons = reasons?.map((Code) => ({ Code }));
  }
}

export function invalid(message: string): DynamoDbError {
  return new DynamoDbError('ValidationException', message);
}

type Evaluate<T> = (row: Row, names: Names) => T;
type Update = (row: Row, names: Names, to: Record<string, unknown>) => void;

const conditions = new Map<string, Evaluate<boolean>>();
const updates = new Map<string, Update>();

/** Whether a row meets a condition expression. An absent row is an empty one. */
export function meets(expression: string | undefined, row: Row, names: Names): boolean {
  if (expression === undefined) {
    return true;
  }
  let condition = conditions.get(expression);
  if (condition === undefined) {
    const parser = new Parser(expression);
    condition = parser.or();
    parser.end();
    conditions.set(expression, condition);
  }
  return condition(row, names);
}

/** The attributes of a row that a projection expression names. */
export function projected(expression: string, row: Row, names: Names): Row {
  const wanted = expression.split(',').map((path) => nameOf(path.trim(), names));
  return Object.fromEntries(wanted.filter((name) => name in row).map((name) => [name, row[name]]));
}

/** The row after an update expression. */
export function updated(expression: string, row: Row, names: Names): Record<string, unknown> {
  let update = updates.get(expression);
  if (update === undefined) {
    update = new Parser(expression).update();
    updates.set(expression, update);
  }
  const to = { ...row };
  update(row, names, to);
  return to;
}

/** DynamoDB refuses names and values that no expression uses. */
export function checkUse(names: Names, ...expressions: (string | undefined)[]): void {
  const used = new Set(expressions.flatMap((expression) => expression?.match(/[#:]\w+/g) ?? []));
  const unused = [...Object.keys(names.ExpressionAttributeNames ?? {}), ...Object.keys(names.ExpressionAttributeValues ?? {})].find((name) => !used.has(name));
  if (unused !== undefined) {
    throw invalid(`Value unused in expressions: ${unused}`);
  }
}

/** The part of DynamoDB's expression language that the adapters use. Anything else fails, so that it is added here first. */
class Parser {
  private readonly expression: string;
  private readonly tokens: string[];
  private position = 0;

  constructor(expression: string) {
    this.expression = expression;
    this.tokens = expression.match(/[#:]?\w+|<=|>=|<>|[=<>(),]|\S/g) ?? [];
  }

  or(): Evaluate<boolean> {
    const parts = [this.and()];
    while (this.take('OR')) {
      parts.push(this.and());
    }
    return (row, names) => parts.some((part) => part(row, names));
  }

  end(): void {
    if (this.position < this.tokens.length) {
      this.fail();
    }
  }

  update(): Update {
    const actions: Update[] = [];
    while (this.position < this.tokens.length) {
      const clause = this.tokens[this.position++];
      do {
        actions.push(this.action(clause));
      } while (this.take(','));
    }
    return (row, names, to) => actions.forEach((action) => action(row, names, to));
  }

  private and(): Evaluate<boolean> {
    const parts = [this.primary()];
    while (this.take('AND')) {
      parts.push(this.primary());
    }
    return (row, names) => parts.every((part) => part(row, names));
  }

  private primary(): Evaluate<boolean> {
    if (this.take('(')) {
      const inner = this.or();
      this.expect(')');
      return inner;
    }
    for (const [name, exists] of [['attribute_exists', true], ['attribute_not_exists', false]] as const) {
      if (this.take(name)) {
        const operand = this.argument();
        return (row, names) => (operand(row, names) !== undefined) === exists;
      }
    }
    if (this.take('begins_with')) {
      this.expect('(');
      const text = this.operand();
      this.expect(',');
      const beginning = this.operand();
      this.expect(')');
      return (row, names) => String(text(row, names) ?? '').startsWith(beginning(row, names) as string);
    }
    const left = this.operand();
    const comparison = this.tokens[this.position++];
    const right = this.operand();
    return (row, names) => compare(left(row, names), comparison, right(row, names), () => this.fail());
  }

  private action(clause: string): Update {
    const path = this.tokens[this.position++];
    switch (clause) {
      case 'SET': {
        this.expect('=');
        const value = this.operand();
        return (row, names, to) => {
          to[nameOf(path, names)] = value(row, names);
        };
      }
      case 'REMOVE':
        return (_row, names, to) => {
          Reflect.deleteProperty(to, nameOf(path, names));
        };
      case 'ADD': {
        const value = this.operand();
        return (row, names, to) => {
          const name = nameOf(path, names);
          to[name] = ((row[name] as number | undefined) ?? 0) + (value(row, names) as number);
        };
      }
      default:
        return this.fail();
    }
  }

  private operand(): Evaluate<unknown> {
    if (this.take('if_not_exists')) {
      this.expect('(');
      const path = this.tokens[this.position++];
      this.expect(',');
      const value = this.operand();
      this.expect(')');
      return (row, names) => row[nameOf(path, names)] ?? value(row, names);
    }
    const token = this.tokens[this.position++] ?? this.fail();
    if (token.startsWith(':')) {
      return (_, { ExpressionAttributeValues: values = {} }) => (token in values ? values[token] : this.fail());
    }
    return /^#?\w+$/.test(token) ? (row, names) => row[nameOf(token, names)] : this.fail();
  }

  private argument(): Evaluate<unknown> {
    this.expect('(');
    const operand = this.operand();
    this.expect(')');
    return operand;
  }

  private take(token: string): boolean {
    if (this.tokens[this.position] !== token) {
      return false;
    }
    this.position++;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) {
      this.fail();
    }
  }

  private fail(): never {
    throw invalid(`the simulation's DynamoDB does not know ${JSON.stringify(this.tokens[this.position] ?? '')} in: ${this.expression}`);
  }
}

function nameOf(path: string, { ExpressionAttributeNames: names = {} }: Names): string {
  if (!path.startsWith('#')) {
    return path;
  }
  if (!(path in names)) {
    throw invalid(`no name for ${path}`);
  }
  return names[path];
}

function compare(left: unknown, comparison: string, right: unknown, fail: () => never): boolean {
  if (left === undefined || right === undefined || typeof left !== typeof right) {
    return comparison === '<>' && left !== undefined;
  }
  const [a, b] = [left as string, right as string];
  switch (comparison) {
    case '=':
      return a === b;
    case '<>':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return fail();
  }
}
