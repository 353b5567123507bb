#include "view/help/completion.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "base/replace_all.hpp"

namespace tripmig::view {

namespace {

/// What may stand for an option's or an argument's value.
enum class Values { none, words, files, directories, versions, tables, partitions };

Values values_of(const OptionInfo& option) {
    if (!option.choices.empty())
        return Values::words;
    const std::string& kind = option.value.empty() ? option.names.front() : option.value;
    if (kind == "DIR")
        return Values::directories;
    if (kind == "VERSION" || kind == "V" || kind == "version")
        return Values::versions;
    if (kind == "TABLE")
        return Values::tables;
    if (kind.rfind("PARTITION", 0) == 0)
        return Values::partitions;
    return kind.rfind("FILE", 0) == 0 || kind == "files" || kind == "POLICY" ? Values::files : Values::none;
}

std::string_view list_name(Values values) {
    return values == Values::versions ? "versions" : values == Values::tables ? "tables" : "partitions";
}

/// A word of a shell, whatever is in it.
std::string quoted(std::string text) {
    replace_all(text, "'", "'\\''");
    return "'" + text + "'";
}

/// Commands that have others, and those that run: every one with the options that count there.
std::vector<const CommandInfo*> all_commands(const CommandInfo& command) {
    std::vector<const CommandInfo*> all{&command};
    for (const CommandInfo& sub : command.commands)
        for (const CommandInfo* each : all_commands(sub))
            all.push_back(each);
    return all;
}

std::string last_word(const std::string& name) {
    return name.substr(name.rfind(' ') + 1);
}

/// "'tripmig up --to'|'tripmig up --until') kind=versions ;;".
std::string value_case(const std::string& pattern, const OptionInfo& option) {
    const Values values = values_of(option);
    const std::string kind = values == Values::none          ? "none"
                             : values == Values::words       ? fmt::format("words:{}", fmt::join(option.choices, " "))
                             : values == Values::files       ? "files"
                             : values == Values::directories ? "directories"
                                                             : std::string(list_name(values));
    return fmt::format("    {}) kind={} ;;\n", pattern, quoted(kind));
}

std::string option_cases(const CommandInfo& command, bool is_program) {
    std::string text;
    for (const OptionInfo& option : command.options) {
        if (option.value.empty() || option.value_is_optional)
            continue;
        std::vector<std::string> patterns;
        for (const std::string& name : option.names)
            patterns.push_back(is_program ? "*" + quoted(" " + name) : quoted(command.name + " " + name));
        text += value_case(fmt::format("{}", fmt::join(patterns, "|")), option);
    }
    return text;
}

std::vector<std::string> words_of(const CommandInfo& command) {
    std::vector<std::string> words;
    for (const CommandInfo& sub : command.commands)
        words.push_back(last_word(sub.name));
    for (const OptionInfo& option : command.options)
        words.insert(words.end(), option.names.begin(), option.names.end());
    return words;
}

/// The functions that bash and zsh share: which words a command knows, what an option's value is, what an argument is.
std::string shared_functions(const CommandInfo& program) {
    std::string known;
    std::string values;
    std::string arguments;
    for (const CommandInfo* command : all_commands(program)) {
        if (command == &program)
            continue;
        known += fmt::format("    {}) known={} ;;\n", quoted(command->name),
                             quoted(fmt::format("{}", fmt::join(words_of(*command), " "))));
        values += option_cases(*command, false);
        if (!command->arguments.empty())
            arguments += value_case(quoted(command->name), command->arguments.front());
    }
    return fmt::format(R"sh(_tripmig_words() {{
    case "$1" in
{}    *) known={} ;;
    esac
    [ "$1" = {} ] || known="$known {}"
}}

_tripmig_option_kind() {{
    kind=
    case "$1" in
{}{}    esac
}}

_tripmig_argument_kind() {{
    kind=none
    case "$1" in
{}    esac
}}
)sh",
                       known, quoted(fmt::format("{}", fmt::join(words_of(program), " "))), quoted(program.name),
                       [&] {
                           std::string all;
                           for (const OptionInfo& option : program.options)
                               all += fmt::format("{}{}", all.empty() ? "" : " ", fmt::join(option.names, " "));
                           return all;
                       }(),
                       values, option_cases(program, true), arguments);
}

}  // namespace

std::string bash_completion(const CommandInfo& program) {
    return "# bash completion for tripmig; made by `tripmig completion bash`\n\n" + shared_functions(program) + R"sh(
_tripmig_reply() {
    case "$1" in
    words:*) COMPREPLY=($(compgen -W "${1#words:}" -- "$2")) ;;
    files) compopt -o filenames; COMPREPLY=($(compgen -f -- "$2")) ;;
    directories) compopt -o filenames; COMPREPLY=($(compgen -d -- "$2")) ;;
    versions|tables|partitions)
        COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" completion --list "$1" 2>/dev/null)" -- "$2")) ;;
    esac
}

_tripmig() {
    local current=$2 command=tripmig previous= known kind index
    COMPREPLY=()
    for ((index = 1; index < COMP_CWORD; index++)); do
        local word=${COMP_WORDS[index]}
        _tripmig_option_kind "$command $previous"
        if [ -n "$kind" ]; then previous=; continue; fi
        previous=$word
        case "$word" in -*) continue ;; esac
        _tripmig_words "$command"
        case " $known " in *" $word "*) command="$command $word" ;; esac
    done
    _tripmig_option_kind "$command $previous"
    if [ -n "$kind" ]; then _tripmig_reply "$kind" "$current"; return; fi
    _tripmig_words "$command"
    case "$current" in
    -*) COMPREPLY=($(compgen -W "$known" -- "$current")) ;;
    *)
        _tripmig_argument_kind "$command"
        _tripmig_reply "$kind" "$current"
        local word
        for word in $known; do
            case "$word" in -*) ;; "$current"*) COMPREPLY+=("$word") ;; esac
        done ;;
    esac
}

complete -F _tripmig tripmig
)sh";
}

std::string zsh_completion(const CommandInfo& program) {
    std::string described;
    for (const CommandInfo* command : all_commands(program)) {
        if (command->commands.empty())
            continue;
        described += fmt::format("    {}) commands=(", quoted(command->name));
        for (const CommandInfo& sub : command->commands) {
            std::string summary = sub.summary;
            replace_all(summary, ":", "\\:");
            described += "\n        " + quoted(last_word(sub.name) + ":" + summary);
        }
        described += ") ;;\n";
    }
    return "#compdef tripmig\n# zsh completion for tripmig; made by `tripmig completion zsh`\n\n" +
           shared_functions(program) + "\n_tripmig_commands() {\n    commands=()\n    case \"$1\" in\n" + described +
           R"sh(    esac
}

_tripmig_reply() {
    case "$1" in
    words:*) compadd -- ${=1#words:} ;;
    files) _files ;;
    directories) _files -/ ;;
    versions|tables|partitions) compadd -- ${(f)"$(${service:-tripmig} completion --list $1 2>/dev/null)"} ;;
    esac
}

_tripmig() {
    local command=tripmig previous= known word kind index
    local -a commands typed
    typed=("${words[@]}")
    for ((index = 2; index < CURRENT; index++)); do
        word=${typed[index]}
        _tripmig_option_kind "$command $previous"
        if [[ -n $kind ]]; then previous=; continue; fi
        previous=$word
        [[ $word == -* ]] && continue
        _tripmig_words "$command"
        [[ " $known " == *" $word "* ]] && command="$command $word"
    done
    _tripmig_option_kind "$command $previous"
    if [[ -n $kind ]]; then _tripmig_reply "$kind"; return; fi
    _tripmig_words "$command"
    if [[ ${typed[CURRENT]} == -* ]]; then
        compadd -- ${(M)${=known}:#-*}
        return
    fi
    _tripmig_commands "$command"
    (( ${#commands} )) && _describe -t commands command commands
    _tripmig_argument_kind "$command"
    _tripmig_reply "$kind"
}

_tripmig "$@"
)sh";
}

namespace {

std::string fish_arguments(const OptionInfo& option) {
    const Values values = values_of(option);
    if (values == Values::words)
        return " -x -a " + quoted(fmt::format("{}", fmt::join(option.choices, " ")));
    if (values == Values::directories)
        return " -x -a '(__fish_complete_directories)'";
    if (values == Values::files)
        return " -r -F";
    if (values == Values::none)
        return option.value.empty() ? "" : " -x";
    return fmt::format(" -x -a '(tripmig completion --list {} 2>/dev/null)'", list_name(values));
}

std::string fish_option(const std::string& condition, const OptionInfo& option) {
    std::string line = "complete -c tripmig" + condition;
    for (const std::string& name : option.names)
        line += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (!option.value.empty() && !option.value_is_optional)
        line += fish_arguments(option);
    return line + " -d " + quoted(option.description) + "\n";
}

}  // namespace

std::string fish_completion(const CommandInfo& program) {
    std::string names;
    std::string lines;
    for (const CommandInfo* command : all_commands(program)) {
        const bool is_program = command == &program;
        const std::string condition = " -n " + quoted("__tripmig_at " + quoted(command->name));
        for (const CommandInfo& sub : command->commands) {
            names += " " + quoted(sub.name);
            lines += fmt::format("complete -c tripmig{} -f -a {} -d {}\n", condition, last_word(sub.name),
                                 quoted(sub.summary));
        }
        for (const OptionInfo& option : command->options)
            lines += fish_option(is_program ? "" : condition, option);
        if (!command->arguments.empty())
            lines += "complete -c tripmig" + condition + fish_arguments(command->arguments.front()) + "\n";
    }
    return "# fish completion for tripmig; made by `tripmig completion fish`\n\nset -g __tripmig_commands tripmig" +
           names + R"sh(

function __tripmig_at
    set -l command tripmig
    for word in (commandline -opc)[2..-1]
        contains -- "$command $word" $__tripmig_commands; and set command "$command $word"
    end
    test "$command" = "$argv[1]"
end

complete -c tripmig -f
)sh" + lines;
}

std::string words_text(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += word + '\n';
    return text;
}

nlohmann::json words_json(const std::vector<std::string>& words) {
    return {{"words", words}};
}

nlohmann::json script_json(const std::string& script) {
    return {{"script", script}};
}

}  // namespace tripmig::view
