import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

type Props = {
  title: string
  lead: string
  /** Above the heading. */
  sign?: ComponentChildren
  note?: { mark: string; text: string } | undefined
  /** Whether the page begins with news, which is where a screen reader should begin too. */
  isNews?: boolean
  /** For screen readers: what has just happened. */
  status?: string
  children?: ComponentChildren
}

/** A whole screen. A new title is a new screen: it is the document's title, and the focus moves to its heading. */
export function Page({ title, lead, sign, note, isNews = false, status = '', children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    document.title = title
    if (isNews || !isFirst.current) heading.current?.focus()
    isFirst.current = false
  }, [title])
  return (
    <div class="page">
      <header class="intro">
        {sign}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p class="lead">{lead}</p>
      </header>
      <main>
        {note === undefined ? null : (
          <p class="note">
            <strong>{note.mark}</strong> {note.text}
          </p>
        )}
        {children}
      </main>
      <p class="unseen" role="status">
        {status}
      </p>
    </div>
  )
}
