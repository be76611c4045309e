import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ProviderState } from './provider-list.ts'
import { words } from './words.ts'

type Props = { provider: ProviderState; onConfirm: () => void; onCancel: () => void }

/** The browser's own modal dialog: it holds the focus, closes on Escape, and gives the focus back. */
export function ConfirmDialog({ provider: { label }, onConfirm, onCancel }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  // At once: a key pressed meanwhile would still be for the page.
  useLayoutEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="confirm-title"
      aria-describedby="confirm-text"
      onClose={(event) => (event.currentTarget.returnValue === 'confirm' ? onConfirm() : onCancel())}
    >
      <h2 id="confirm-title">{words.confirmTitle(label)}</h2>
      <p id="confirm-text">{words.confirmText(label)}</p>
      <div class="dialog-buttons">
        <button type="button" class="button is-quiet" onClick={() => dialog.current?.close()}>
          {words.keep}
        </button>
        <button type="button" class="button is-danger" onClick={() => dialog.current?.close('confirm')}>
          {words.disconnect}
        </button>
      </div>
    </dialog>
  )
}
