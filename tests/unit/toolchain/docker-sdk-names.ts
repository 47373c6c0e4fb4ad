import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";

/** A type as the wire sees it: a scalar's name, `[element]`, `{ "*": value }` for a map, or the properties of an object. */
export type Shape = string | [Shape] | { [property: string]: Shape };
export interface Signature {
  readonly inputs: { [property: string]: Shape };
  readonly outputs: { [property: string]: Shape };
}
/** Every name that the installed `@pulumi/docker` SDK sends to its plugin, by token. */
export interface SdkNames {
  /** Inputs of the provider itself. */
  readonly provider: { [property: string]: Shape };
  readonly resources: { [token: string]: Signature };
  readonly functions: { [token: string]: Signature };
}

type Declarations = Map<string, ts.NodeArray<ts.TypeElement | ts.ClassElement>>;

const folder = dirname(createRequire(import.meta.url).resolve("@pulumi/docker/package.json"));

/** Reads the SDK's type declarations and the tokens of its JavaScript. */
export function readSdkNames(): SdkNames {
  const inputs = declarations(join(folder, "types/input.d.ts"));
  const outputs = declarations(join(folder, "types/output.d.ts"));
  const provider = properties(declarations(join(folder, "provider.d.ts")).get("ProviderArgs"), inputs);
  const names: SdkNames = { provider, resources: {}, functions: {} };
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".d.ts"))) {
    const code = readFileSync(join(folder, file.replace(/\.d\.ts$/, ".js")), "utf8");
    const resource = /__pulumiType = '([^']+:[^']+)'/.exec(code)?.[1];
    const invoked = /runtime\.invoke\("([^"]+)"/.exec(code)?.[1];
    const found = resource ?? invoked;
    if (found === undefined) continue;
    const noun = capitalised(found.split(":")[2] ?? "");
    const declared = declarations(join(folder, file));
    const signature = {
      inputs: properties(declared.get(`${noun}Args`), inputs),
      outputs: properties(declared.get(resource ? noun : `${noun}Result`), outputs),
    };
    (resource ? names.resources : names.functions)[found] = signature;
  }
  return names;
}

function declarations(path: string): Declarations {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022);
  const found: Declarations = new Map();
  const visit = (node: ts.Node): void => {
    if ((ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) && node.name)
      found.set(node.name.text, node.members);
    else ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

function properties(
  members: ts.NodeArray<ts.TypeElement | ts.ClassElement> | undefined,
  named: Declarations,
): { [property: string]: Shape } {
  const shapes: { [property: string]: Shape } = {};
  for (const member of members ?? []) {
    if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) continue;
    const hidden = ts.canHaveModifiers(member) && ts.getModifiers(member)?.some(isStatic);
    if (!hidden && member.type && ts.isIdentifier(member.name))
      shapes[member.name.text] = shape(member.type, named);
  }
  return shapes;
}

const isStatic = (modifier: ts.Modifier): boolean => modifier.kind === ts.SyntaxKind.StaticKeyword;

function shape(type: ts.TypeNode, named: Declarations): Shape {
  if (ts.isParenthesizedTypeNode(type)) return shape(type.type, named);
  if (ts.isArrayTypeNode(type)) return [shape(type.elementType, named)];
  if (ts.isUnionTypeNode(type)) {
    const [only] = type.types.filter((member) => member.kind !== ts.SyntaxKind.UndefinedKeyword);
    return only ? shape(only, named) : "undefined";
  }
  if (ts.isTypeLiteralNode(type)) {
    const index = type.members.find(ts.isIndexSignatureDeclaration);
    return index ? { "*": shape(index.type, named) } : properties(type.members, named);
  }
  if (ts.isTypeReferenceNode(type)) {
    const [argument] = type.typeArguments ?? [];
    if (argument) return shape(argument, named);
    const name = ts.isQualifiedName(type.typeName) ? type.typeName.right.text : type.typeName.text;
    const members = named.get(name);
    return members ? properties(members, named) : name;
  }
  return ts.tokenToString(type.kind) ?? ts.SyntaxKind[type.kind];
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
