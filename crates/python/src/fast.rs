//! The calls that a strategy makes on every bar, without the general reader of arguments.
//!
//! PyO3's methods take any mix of names and defaults, which costs more than these answers do. Here the plain call, all
//! arguments by place, goes straight to the answer. Every other call, and every call that fails, goes on to PyO3's
//! method of the same name, which stays the one description: defaults, texts and errors are its own.

use crate::context::Context;
use crate::indicators::Kind;
use crate::quick::of_closes;
use crate::views::Position;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};
use pyo3::{Borrowed, PyTypeInfo};
use std::ffi::{CStr, CString};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;

type Object = *mut ffi::PyObject;
type Call = ffi::PyCFunctionFastWithKeywords;

/// PyO3's methods, by the number of the quick one.
static GENERAL: [PyOnceLock<Py<PyAny>>; 7] = [const { PyOnceLock::new() }; 7];
static MEMBERS: PyOnceLock<()> = PyOnceLock::new();

/// Puts the quick methods before PyO3's.
pub fn install(py: Python<'_>) -> PyResult<()> {
    let quick: [(&CStr, Call); 7] = [
        (c"position", position),
        (c"signal", signal),
        (c"sma", indicator::<2>),
        (c"ema", indicator::<3>),
        (c"std", indicator::<4>),
        (c"max", indicator::<5>),
        (c"min", indicator::<6>),
    ];
    for (number, (name, call)) in quick.into_iter().enumerate() {
        replace(py, number, name, call)?;
    }
    Ok(())
}

const KINDS: [Kind; 5] = [Kind::Sma, Kind::Ema, Kind::Std, Kind::Max, Kind::Min];

#[allow(unsafe_code)]
fn replace(py: Python<'_>, number: usize, name: &'static CStr, call: Call) -> PyResult<()> {
    let class = Context::type_object(py);
    let word = PyString::from_bytes(py, name.to_bytes())?;
    let general = class.getattr(&word)?;
    let signature: String = general.getattr("__text_signature__")?.extract()?;
    let said: String = general.getattr("__doc__")?.extract()?;
    let text = CString::new(format!("{word}{signature}\n--\n\n{said}"))?;
    GENERAL[number].get_or_init(py, || general.unbind());
    let method = ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer {
            PyCFunctionFastWithKeywords: call,
        },
        ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ml_doc: CString::into_raw(text), // lives as long as the class: to the end of the process
    };
    // SAFETY: the class is a type object, the definition is valid and never freed; the answer is a new reference or null.
    let descriptor = unsafe {
        let made = ffi::PyDescr_NewMethod(class.as_type_ptr(), Box::into_raw(Box::new(method)));
        Bound::from_owned_ptr_or_err(py, made)?
    };
    class.setattr(word, descriptor)
}

/// Shows `Position.qty` as a plain member, which Python reads fastest; `one` tells where it lies in the object.
#[allow(unsafe_code)]
pub fn show_quantity(one: &Bound<'_, Position>) -> PyResult<()> {
    let py = one.py();
    MEMBERS.get_or_try_init(py, || {
        let class = Position::type_object(py);
        let field = std::ptr::from_ref(&one.get().quantity) as usize;
        let member = ffi::PyMemberDef {
            name: c"qty".as_ptr(),
            type_code: ffi::Py_T_OBJECT_EX,
            offset: (field - one.as_ptr() as usize) as ffi::Py_ssize_t,
            flags: ffi::Py_READONLY,
            doc: c"Units held, long above zero.".as_ptr(),
        };
        // SAFETY: every Position has the same layout, the slot at that offset always holds an object, and the
        // definition is never freed; the answer is a new reference or null.
        let descriptor = unsafe {
            let made = ffi::PyDescr_NewMember(class.as_type_ptr(), Box::into_raw(Box::new(member)));
            Bound::from_owned_ptr_or_err(py, made)?
        };
        class.setattr("qty", descriptor)
    })?;
    Ok(())
}

/// `ctx.position(i)`
#[allow(unsafe_code)]
unsafe extern "C" fn position(
    this: Object,
    args: *const Object,
    n: isize,
    names: Object,
) -> Object {
    // SAFETY: Python calls a method of Context with a Context, n arguments and its lock held.
    unsafe {
        if n == 1 && names.is_null() {
            let answer = plain(this, *args, |context, place| {
                Some(context.positions[place].as_ptr())
            });
            if let Some(answer) = answer {
                return ffi::Py_NewRef(answer);
            }
        }
        general(0, this, args, n, names)
    }
}

/// `ctx.signal(i)`
#[allow(unsafe_code)]
unsafe extern "C" fn signal(this: Object, args: *const Object, n: isize, names: Object) -> Object {
    // SAFETY: as in `position`.
    unsafe {
        if n == 1 && names.is_null() {
            let answer = plain(this, *args, |context, place| Some(context.said(place)));
            if let Some(answer) = answer {
                return ffi::PyFloat_FromDouble(answer);
            }
        }
        general(1, this, args, n, names)
    }
}

/// `ctx.sma(i, n)` and its kin, of closes.
#[allow(unsafe_code)]
unsafe extern "C" fn indicator<const NUMBER: usize>(
    this: Object,
    args: *const Object,
    n: isize,
    names: Object,
) -> Object {
    // SAFETY: as in `position`; the window is an exact int, so its value may be read.
    unsafe {
        if n == 2 && names.is_null() && ffi::PyLong_CheckExact(*args.add(1)) != 0 {
            let rows = ffi::PyLong_AsSsize_t(*args.add(1));
            if rows == -1 {
                ffi::PyErr_Clear(); // too large, or −1: the general method says so
            }
            if let Ok(rows) = usize::try_from(rows) {
                let answer = plain(this, *args, |context, place| {
                    let asked = of_closes(KINDS[NUMBER - 2], rows)?;
                    context.board.cells[place].quick.get(asked)
                });
                if let Some(answer) = answer {
                    return ffi::PyFloat_FromDouble(answer);
                }
            }
        }
        general(NUMBER, this, args, n, names)
    }
}

/// The answer for an instrument, None where it cannot be given here.
#[inline]
#[allow(unsafe_code)]
unsafe fn plain<T>(
    this: Object,
    name: Object,
    answer: impl FnOnce(&Context, usize) -> Option<T>,
) -> Option<T> {
    // SAFETY: the caller has Python's lock, a Context, and an object as name, all alive during the call.
    let (this, name) = unsafe {
        let py = Python::assume_attached();
        let this = Borrowed::from_ptr(py, this).cast_unchecked::<Context>();
        (this, Borrowed::from_ptr(py, name))
    };
    let ask = || {
        let context = this.get();
        answer(context, context.board.place(&name).ok()?)
    };
    // A panic may not reach Python from here; the general method meets it again and tells of it.
    catch_unwind(AssertUnwindSafe(ask)).ok().flatten()
}

/// PyO3's method of that number.
#[cold]
#[allow(unsafe_code)]
unsafe fn general(
    number: usize,
    this: Object,
    args: *const Object,
    n: isize,
    names: Object,
) -> Object {
    // SAFETY: Python's lock is held; `args` holds n arguments and one for each of the names.
    unsafe {
        let py = Python::assume_attached();
        let Some(method) = GENERAL[number].get(py) else {
            return null_mut(); // unreachable: the methods are kept before they are replaced
        };
        let named = if names.is_null() {
            0
        } else {
            Borrowed::from_ptr(py, names)
                .cast_unchecked::<PyTuple>()
                .len()
        };
        let mut all = Vec::with_capacity(n as usize + named + 1);
        all.push(this);
        all.extend((0..n as usize + named).map(|place| *args.add(place)));
        ffi::PyObject_Vectorcall(method.as_ptr(), all.as_ptr(), n as usize + 1, names)
    }
}
