import type { ComponentProps, ReactNode } from "react";
import { useId } from "react";

interface FieldProps extends ComponentProps<"input"> {
  readonly label: string;
  /** Said below the field. */
  readonly hint?: string;
}

/** A text field with its label. */
export function Field({ label, hint, ...input }: FieldProps) {
  const id = useId();
  const described = hint === undefined ? {} : { "aria-describedby": `${id}-hint` };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} {...described} {...input} />
      {hint !== undefined && (
        <small id={`${id}-hint`} className="muted">
          {hint}
        </small>
      )}
    </div>
  );
}

/** An error, read out at once. */
export function Failure({ children }: { readonly children: ReactNode }) {
  return (
    <p className="failure" role="alert">
      {children}
    </p>
  );
}
