# A page taken apart. CONTRIBUTING.md, "Pages", says what counts.
#   mode=script   what bash is to run; each command's line, text and expected output go to files DIR/N.*
#   mode=write    the page itself, with DIR/N.printed as the output of the commands in `changed` ("1 7 9")
function emit(text) { if (mode == "script") print text }
function keep(text) { if (mode == "write") print text }
function quoted(text) { gsub(/'/, "'\\''", text); return "'" text "'" }
function end_command() { if (n && mode == "script") close(dir "/" n ".expected"); in_output = 0; replaced = 0 }
function begin_command() {
    end_command()
    n++
    command = substr($0, 3)
    keep($0)
    while (command ~ /\\$/ && (getline next_line) > 0) { command = command "\n" next_line; keep(next_line) }
    if (mode == "script") {
        print FNR > (dir "/" n ".line"); close(dir "/" n ".line")
        print command > (dir "/" n ".command"); close(dir "/" n ".command")
        printf "" > (dir "/" n ".expected")
    }
    emit("(exit $code); {\n" command "\n} >" dir "/" n ".printed 2>&1 </dev/null\ncode=$?; echo $code >" dir "/" n ".code")
    in_output = 1
    if (index(" " changed " ", " " n " ")) {
        replaced = 1
        while ((getline printed < (dir "/" n ".printed")) > 0) keep(printed)
    }
}
BEGIN { emit("new_project") }

# Outside of blocks: what readers do not see.
!fence && /^<!-- docs-test: project -->$/ { emit("new_project"); keep($0); next }
!fence && /^<!-- docs-test: run$/ { hidden = 1; keep($0); next }
hidden && /^-->$/ { hidden = 0; keep($0); next }
hidden { emit($0); keep($0); next }

!fence && /^```/ { fence = substr($0, 4); if (fence == "") fence = "text"; first = 1; keep($0); next }
fence && /^```$/ {
    if (file != "") emit("END_OF_FILE")
    end_command(); fence = ""; file = ""; keep($0); next
}
fence == "console" && /^\$ / { begin_command(); next }
fence == "console" && in_output {
    if (!replaced) { keep($0); if (mode == "script") print > (dir "/" n ".expected") }
    next
}
# A block that begins with a comment of one path is that file.
fence && first && match($0, /^(--|#) ([A-Za-z0-9_.-]+\/[A-Za-z0-9_.\/-]+|tripmig\.toml)$/) {
    file = $2
    emit("mkdir -p \"$(dirname " file ")\" && cat >" file " <<'END_OF_FILE'")
}
fence { first = 0; if (file != "") emit($0) }
{ keep($0) }
