internal import CReel
internal import Glibc

/// What stands behind a handle. A mark, which differs for each kind, tells one from another.
protocol HandleObject: AnyObject, Sendable {
  static var mark: UInt { get }
  static var name: String { get }
}

/// What a handle points to.
///
/// The wall round the pointer: the object is kept by one reference, which the handle's making took and its `_free`
/// gives back.
@safe struct HandleCell {
  var mark: UInt
  let object: UnsafeRawPointer
}

/// A new handle, which keeps the object until ``free(_:_:)``.
func makeHandle<Object: HandleObject>(_ object: Object) -> OpaquePointer {
  let cell = UnsafeMutablePointer<HandleCell>.allocate(capacity: 1)
  unsafe cell.initialize(to: HandleCell(mark: Object.mark, object: Unmanaged.passRetained(object).toOpaque()))
  return OpaquePointer(cell)
}

/// The object behind a handle.
func object<Object: HandleObject>(_ handle: OpaquePointer?, _ type: Object.Type = Object.self) throws(Refusal) -> Object
{
  // Sound: the caller's promise that the handle has not been freed. Handles of every kind point to a cell.
  guard let handle = unsafe handle else { throw Refusal(REEL_ERROR_HANDLE, "the \(Object.name) is NULL") }
  let cell = unsafe UnsafePointer<HandleCell>(handle)
  guard unsafe cell.pointee.mark == Object.mark else {
    throw Refusal(REEL_ERROR_HANDLE, "the \(Object.name) is a handle of another kind, or was freed")
  }
  return unsafe Unmanaged<Object>.fromOpaque(cell.pointee.object).takeUnretainedValue()
}

/// Gives a handle back, once `last` has had its object; none is none.
func free<Object: HandleObject>(_ handle: OpaquePointer?, _ last: (Object) -> Void) -> reel_status {
  guard let handle = unsafe handle else { return reel_status(REEL_OK) }
  return answer(nil) {
    let object = unsafe try object(handle, Object.self)
    last(object)
    // Sound: as for `object(_:_:)`. Who frees twice is mostly found out by the mark.
    let cell = unsafe UnsafeMutablePointer<HandleCell>(handle)
    unsafe cell.pointee.mark = 0
    unsafe cell.deallocate()
    unsafe Unmanaged.passUnretained(object).release()
  }
}

/// Text that C may read as long as this object is there.
///
/// The wall round the pointer: made and freed here, never changed.
@safe final class LastingText: @unchecked Sendable {
  let pointer: UnsafePointer<CChar>

  init(_ text: String) {
    let bytes = Array(text.utf8CString)
    let memory = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
    _ = unsafe memory.initialize(from: bytes)
    unsafe pointer = UnsafePointer(memory.baseAddress!)
  }

  deinit {
    unsafe pointer.deallocate()
  }
}
